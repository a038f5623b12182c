use super::*;

fn seen(rows: &[(&str, &str, usize)]) -> Vec<(String, usize)> {
    rows.iter().map(|(name, role, count)| (key(name, "person", &[role.to_string()]), *count)).collect()
}

/// Names of everybody who was linked from several, `shown: names`.
fn linked(rows: &[(&str, &str, usize)]) -> Vec<String> {
    People::link(&seen(rows))
        .iter()
        .map(|person| format!("{}: {}", person.shown(), person.names().join(", ")))
        .collect()
}

#[test]
fn forms_of_one_name_are_one_person() {
    let rows = [("Steve Witkoff", "special envoy", 9), ("Steven Witkoff", "", 2), ("Witkoff", "envoy", 4)];
    assert_eq!(linked(&rows), ["Steve Witkoff: Steve Witkoff, Witkoff, Steven Witkoff"]);
    let rows = [("Volodymyr Zelensky", "", 3), ("Volodymyr Zelenskyy", "", 5), ("Zelenskiy", "", 1)];
    assert!(linked(&rows)[0].starts_with("Volodymyr Zelenskyy: Volodymyr Zelenskyy, Volodymyr Zelensky"));
    let rows =
        [("Thomas E. Perez", "", 5), ("Thomas Perez", "", 1), ("Tom Perez", "", 1), ("T. Perez", "", 1)];
    assert_eq!(linked(&rows), ["Thomas E. Perez: Thomas E. Perez, T. Perez, Thomas Perez, Tom Perez"]);
    let rows = [("Ursula von der Leyen", "", 5), ("von der Leyen", "", 2), ("JOSEPH BIDEN", "", 1)];
    assert_eq!(linked(&rows), ["Ursula von der Leyen: Ursula von der Leyen, von der Leyen"]);
}

#[test]
fn two_of_one_surname_are_two() {
    let rows = [("Jake Sullivan", "", 5), ("Dan Sullivan", "", 4), ("Sullivan", "", 3)];
    assert_eq!(linked(&rows), [""; 0]);
    let rows = [("George W. Bush", "", 3), ("George H. W. Bush", "", 3), ("George Bush", "", 2)];
    assert_eq!(linked(&rows), [""; 0]);
    // Nearly everybody who says Trump in full means one.
    let rows = [("Donald Trump", "", 90), ("Melania Trump", "", 3), ("Trump", "", 20)];
    assert_eq!(linked(&rows), ["Donald Trump: Donald Trump, Trump"]);
    let rows = [("Martin Luther King Jr.", "", 2), ("Martin Luther King Sr.", "", 2)];
    assert_eq!(linked(&rows), [""; 0]);
    // One sound, two first names.
    let rows = [("Anna Schmidt", "", 2), ("Petra Schmitt", "", 2)];
    assert_eq!(linked(&rows), [""; 0]);
}

#[test]
fn people_of_one_name_are_told_apart_by_role_and_company() {
    let rows = [("John Smith", "head coach", 4), ("John Smith", "Senator", 3), ("John Smith", "", 2)];
    let people = People::link(&seen(&rows));
    let shown: Vec<String> = people.iter().map(Person::shown).collect();
    assert_eq!(shown, ["John Smith", "John Smith (coach)", "John Smith (senator)"]);
    let rows = [("Ann Lee", "chief executive of Acme Corp", 4), ("Ann Lee", "CEO of Globex", 3)];
    let shown: Vec<String> = People::link(&seen(&rows)).iter().map(Person::shown).collect();
    assert_eq!(shown, ["Ann Lee (acme)", "Ann Lee (globex)"]);
    // A senator may have been a prosecutor.
    let rows = [("Kay Moe", "Senator", 4), ("Kay Moe", "prosecutor", 3)];
    assert_eq!(linked(&rows), ["Kay Moe: Kay Moe"]);
}

#[test]
fn a_question_means_everybody_of_that_name() {
    let rows = [("Steve Witkoff", "", 9), ("Steven Witkoff", "", 2), ("Witkoff", "", 4)];
    let people = People::new(People::link(&seen(&rows)), &[]);
    for typed in ["Witkoff", "steven witkoff", "Mr Witkoff", "Steve Witkoff"] {
        assert_eq!(people.meant(typed).keys.len(), 3, "{typed}");
    }
    assert_eq!(people.meant("Alex Witkoff").keys.len(), 0);
    let rows = [("John Smith", "head coach", 4), ("John Smith", "Senator", 3)];
    let people = People::new(People::link(&seen(&rows)), &[]);
    let coach = people.meant("John Smith (coach)");
    assert_eq!((coach.shown, coach.narrowed), (vec!["John Smith (coach)".to_string()], true));
    assert_eq!(people.meant("Smith").shown.len(), 2);
}

#[test]
fn the_users_word_comes_first() {
    let rows = [("Steve Witkoff", "", 9), ("Witkoff", "", 4), ("The Wit", "", 1)];
    let columns = |line: &str| line.split('\t').map(str::to_string).collect::<Vec<_>>();
    let same = parse_alias(&columns("same\tSteve Witkoff\tThe Wit\tСтив Уиткофф")).unwrap();
    let people = People::new(People::link(&seen(&rows)), &[same]);
    assert_eq!(people.shown(&seen(&[("The Wit", "", 1)])[0].0), "Steve Witkoff");
    assert_eq!(people.shown("Стив Уиткофф"), "Steve Witkoff");
    let apart = parse_alias(&columns("apart\tSteve Witkoff\tWitkoff")).unwrap();
    let people = People::new(People::link(&seen(&rows)), &[apart]);
    assert_eq!(people.shown(&seen(&[("Witkoff", "", 1)])[0].0), "Witkoff");
    for wrong in ["same\tOne", "apart\tOne", "like\tA\tB"] {
        assert!(parse_alias(&columns(wrong)).is_err(), "{wrong}");
    }
}

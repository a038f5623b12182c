//! An index that never lies: changes, kills, damage, two writers, a full disk.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use onrecord::engine::tantivy::Index;
use tempfile::TempDir;

use crate::support::{Ran, folder, run_in};

/// A program that runs beside the test.
fn spawn(folder: &Path, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(args)
        .current_dir(folder)
        .env_remove("ONRECORD_INDEX")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs")
}

/// In memory where the system has such a place: what is tested is kills, not disks.
fn quick_folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a temporary folder")
}

/// A story of its own for each number.
fn story(number: usize) -> String {
    const PLACES: [&str; 5] = ["Kharkiv", "Bamako", "Odesa", "Lviv", "Gdansk"];
    const WORDS: [&str; 7] = ["bridge", "harvest", "school", "tram", "port", "library", "mill"];
    let (place, word) = (PLACES[number % 5], WORDS[number % 7]);
    let filler: Vec<String> = (0..40).map(|at| format!("w{}", (number * 131 + at * 17) % 4001)).collect();
    format!(
        "The {word} number {number} opens\n\nThe {word} in {place} will open in {number} days, Mayor Olena \
         Bondar said.\n\n“We waited {number} years for the {word},” teacher Karl Ode said.\n\n{}.\n",
        filler.join(" ")
    )
}

/// Every row of an index, as a set of lines; equal lines are counted.
fn rows(folder: &Path, index: &str) -> Vec<String> {
    let mut all = Vec::new();
    for command in ["search", "said"] {
        let ran =
            run_in(folder, &["--index", index, command, "--copies", "--format", "jsonl", "-n", "1000000"]);
        assert!(ran.code < 2, "{}", ran.err);
        for line in ran.out.lines() {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            value.as_object_mut().unwrap().remove("score");
            all.push(value.to_string());
        }
        let folded = run_in(folder, &["--index", index, command, "--format", "json", "-n", "1"]);
        all.push(format!("{command} folded: {}", folded.json()["total"]));
    }
    all.sort();
    all
}

fn same(folder: &Path, one: &str, other: &str) {
    let (one, other) = (rows(folder, one), rows(folder, other));
    let counted = |rows: &[String]| rows.iter().cloned().collect::<BTreeSet<_>>();
    let lost: Vec<_> = counted(&other).difference(&counted(&one)).cloned().collect();
    let more: Vec<_> = counted(&one).difference(&counted(&other)).cloned().collect();
    assert!(lost.is_empty() && more.is_empty(), "lost: {lost:#?}\nmore: {more:#?}");
    assert_eq!(one.len(), other.len(), "something is there twice");
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// Adds, removes, moves, edits or touches some files.
fn stir(news: &Path, random: &mut Random, next: &mut usize) {
    for _ in 0..2 + random.below(8) {
        let mut files: Vec<_> = fs::read_dir(news).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        files.sort();
        let Some(file) = files.get(random.below(files.len())).cloned() else { return };
        *next += 1;
        match random.below(6) {
            0 | 1 => fs::write(news.join(format!("n{next}.txt")), story(*next)).unwrap(),
            2 => fs::remove_file(file).unwrap(),
            3 => fs::rename(&file, news.join(format!("m{next}.txt"))).unwrap(),
            4 => fs::write(&file, story(*next)).unwrap(),
            _ => fs::write(&file, fs::read(&file).unwrap()).unwrap(),
        }
    }
    if random.below(4) == 0 {
        let lines: Vec<String> = (0..30)
            .map(|at| serde_json::json!({"id": format!("j{at}"), "text": story(*next + at)}).to_string())
            .collect();
        fs::write(news.join("feed.jsonl"), lines.join("\n")).unwrap();
    }
}

/// 200 kills, or as many as `ONRECORD_KILLS` says.
#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice() {
    let kills: usize =
        std::env::var("ONRECORD_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(200);
    let here = quick_folder();
    let news = here.path().join("news");
    fs::create_dir(&news).unwrap();
    for number in 0..40 {
        fs::write(news.join(format!("a{number}.txt")), story(number)).unwrap();
    }
    // Copies, so that stories are told too.
    fs::write(news.join("copy.txt"), story(3)).unwrap();
    let index = ["--index", "ix", "index", "news", "--commit-every", "0"];
    let begun = Instant::now();
    let whole = spawn(here.path(), &["--index", "timed", "index", "news", "--commit-every", "0"]).wait();
    assert!(whole.unwrap().success());
    let mut window = begun.elapsed().as_micros() as usize;
    let mut random = Random(kills as u64);
    let (mut next, mut early) = (1000, 0);
    for round in 0..kills {
        stir(&news, &mut random, &mut next);
        let mut child = spawn(here.path(), &index);
        std::thread::sleep(Duration::from_micros(random.below(window) as u64));
        // The window follows the length of a run, so that kills fall all over it.
        let ended = child.try_wait().unwrap().is_some();
        early += usize::from(!ended);
        window = if ended { window * 2 / 3 } else { window * 6 / 5 };
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 5 == 0 && here.path().join("ix/meta.json").exists() {
            let doctor = run_in(here.path(), &["--index", "ix", "doctor"]);
            assert_eq!(doctor.code, 0, "round {round}: {}", doctor.out);
        }
    }
    assert!(early * 3 > kills, "only {early} of {kills} runs were killed before they ended");
    let last = run_in(here.path(), &index);
    assert_eq!(last.code, 0, "{}", last.err);
    assert_eq!(run_in(here.path(), &["--index", "fresh", "index", "news"]).code, 0);
    same(here.path(), "ix", "fresh");
    for check in ["doctor", "verify"] {
        let ran = run_in(here.path(), &["--index", "ix", check]);
        assert_eq!(ran.code, 0, "{check}: {}{}", ran.out, ran.err);
    }
}

/// A page of one address, as it reads on a day.
fn page(day: usize) -> String {
    let text = format!("{} The dam will hold for {day} days, Mayor Ann Lee said on Monday.", story(7));
    serde_json::json!({"url": "https://example.org/dam", "title": format!("Day {day}"), "text": text})
        .to_string()
}

/// The headlines of all versions of an article that the index holds, the oldest first.
fn versions(folder: &Path, id: &str) -> Vec<String> {
    let ran = run_in(folder, &["--index", "ix", "diff", id, "--format", "json"]);
    assert!(ran.code < 2, "{}", ran.err);
    let steps = serde_json::Deserializer::from_str(&ran.out).into_iter::<serde_json::Value>();
    let mut titles = Vec::new();
    for step in steps {
        let step = step.unwrap();
        let title = |side: &str| step[side]["title"].as_str().unwrap().to_string();
        if titles.is_empty() {
            titles.push(title("old"));
        }
        assert_eq!(titles.last(), Some(&title("old")));
        titles.push(title("new"));
    }
    titles
}

#[test]
fn what_was_on_record_outlives_kills() {
    let here = quick_folder();
    fs::create_dir(here.path().join("news")).unwrap();
    let file = here.path().join("news/page.json");
    let index = ["--index", "ix", "index", "news", "--commit-every", "0"];
    let mut random = Random(11);
    let mut on_record = Vec::new();
    let mut window = 0;
    for day in 0..30 {
        fs::write(&file, page(day)).unwrap();
        let begun = Instant::now();
        let mut child = spawn(here.path(), &index);
        if day % 3 == 0 {
            assert!(child.wait().unwrap().success());
            window = begun.elapsed().as_micros() as usize;
            on_record.push(format!("Day {day}"));
        } else {
            std::thread::sleep(Duration::from_micros(random.below(window) as u64));
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    assert_eq!(run_in(here.path(), &index).code, 0);
    on_record.push("Day 29".to_string());
    let hits =
        run_in(here.path(), &["--index", "ix", "search", "dam", "--copies", "--format", "json"]).hits();
    assert!(hits.iter().all(|hit| hit["article"]["title"] == "Day 29") && !hits.is_empty());
    let kept = versions(here.path(), hits[0]["article"]["id"].as_str().unwrap());
    let once: BTreeSet<_> = kept.iter().collect();
    assert_eq!(once.len(), kept.len(), "something is there twice: {kept:?}");
    let lost: Vec<_> = on_record.iter().filter(|title| !kept.contains(title)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}; kept: {kept:?}");
    assert_eq!(kept.last().unwrap(), "Day 29");
    for check in ["doctor", "verify"] {
        assert_eq!(run_in(here.path(), &["--index", "ix", check]).code, 0, "{check}");
    }
}

fn small() -> TempDir {
    let news = folder(&[]);
    fs::create_dir(news.path().join("news")).unwrap();
    for number in 0..6 {
        fs::write(news.path().join(format!("news/{number}.txt")), story(number)).unwrap();
    }
    assert_eq!(run_in(news.path(), &["index", "news"]).code, 0);
    news
}

fn index_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder.join("index")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| fs::metadata(path).unwrap().len() > 0);
    files.sort();
    files
}

#[test]
fn a_flipped_byte_in_any_file_is_found() {
    let news = small();
    // A removed file makes a list of deleted rows.
    fs::remove_file(news.path().join("news/5.txt")).unwrap();
    run_in(news.path(), &["index", "news"]);
    let doctor = run_in(news.path(), &["doctor"]);
    assert_eq!((doctor.code, doctor.out.contains("whole")), (0, true), "{}", doctor.out);
    let ask = |news: &Path| run_in(news, &["search", "bridge", "--format", "jsonl"]);
    let right = ask(news.path()).out;
    let files = index_files(news.path());
    let kinds: BTreeSet<_> =
        files.iter().filter_map(|path| path.extension()).map(|kind| kind.to_string_lossy()).collect();
    for kind in ["fast", "store", "term", "idx", "pos", "fieldnorm", "del", "json", "txt"] {
        assert!(kinds.contains(kind), "no {kind} among {kinds:?}");
    }
    for path in files {
        let bytes = fs::read(&path).unwrap();
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut broken = bytes.clone();
            broken[at] ^= 0x04;
            fs::write(&path, &broken).unwrap();
            let (doctor, asked) = (run_in(news.path(), &["doctor"]), ask(news.path()));
            fs::write(&path, &bytes).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert_eq!(doctor.code, 2, "{name} byte {at}: {}", doctor.out);
            assert!(doctor.out.contains(&name), "{name} byte {at}: {}", doctor.out);
            // An index as small as this is checked whole whenever it is opened.
            let told = asked.code == 2 && asked.err.contains("damaged") && !asked.err.contains("panicked");
            assert!(told || asked.out == right, "{name} byte {at}: {}{}", asked.out, asked.err);
        }
    }
    assert_eq!(run_in(news.path(), &["doctor"]).code, 0);
}

#[test]
fn a_missing_or_cut_file_is_found() {
    let news = small();
    for path in index_files(news.path()).into_iter().filter(|path| !path.ends_with("meta.json")) {
        let bytes = fs::read(&path).unwrap();
        for cut in [None, Some(bytes.len() / 2), Some(0)] {
            match cut {
                None => fs::remove_file(&path).unwrap(),
                Some(length) => fs::write(&path, &bytes[..length]).unwrap(),
            }
            let doctor = run_in(news.path(), &["doctor"]);
            assert_eq!(doctor.code, 2, "{} cut to {cut:?}: {}", path.display(), doctor.out);
            let asked = run_in(news.path(), &["search", "bridge"]);
            assert!(!asked.err.contains("panicked"), "{}", asked.err);
            fs::write(&path, &bytes).unwrap();
        }
    }
}

#[test]
fn a_damaged_index_is_moved_aside_and_made_anew() {
    let news = small();
    let before = rows(news.path(), "index");
    let store =
        index_files(news.path()).into_iter().find(|path| path.extension().is_some_and(|e| e == "store"));
    let store = store.unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 1;
    fs::write(&store, &bytes).unwrap();
    // The sources are not there: nothing is touched.
    fs::rename(news.path().join("news"), news.path().join("away")).unwrap();
    let refused = run_in(news.path(), &["doctor", "--repair"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("nothing was touched") && store.exists(), "{}", refused.err);
    fs::rename(news.path().join("away"), news.path().join("news")).unwrap();
    let repaired = run_in(news.path(), &["doctor", "--repair"]);
    assert_eq!(repaired.code, 0, "{}{}", repaired.out, repaired.err);
    assert_eq!(rows(news.path(), "index"), before);
    let aside = fs::read_dir(news.path()).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = aside.filter(|path| path.to_string_lossy().contains("index.damaged-")).collect();
    assert_eq!(aside.len(), 1);
    assert_eq!(fs::read(aside[0].join(store.file_name().unwrap())).unwrap(), bytes);
}

#[test]
fn touched_and_moved_files_are_told_from_changed_ones() {
    let news = small();
    let file = news.path().join("news/1.txt");
    let before = rows(news.path(), "index");
    fs::write(&file, fs::read(&file).unwrap()).unwrap();
    let touched = run_in(news.path(), &["index", "news"]);
    assert!(touched.out.starts_with("0 new, 0 changed, 6 unchanged, 0 gone; read 0"), "{}", touched.out);
    assert_eq!(rows(news.path(), "index"), before);
    fs::create_dir(news.path().join("news/old")).unwrap();
    fs::rename(&file, news.path().join("news/old/1.txt")).unwrap();
    let moved = run_in(news.path(), &["index", "news"]);
    assert!(moved.out.starts_with("0 new, 0 changed, 1 moved, 5 unchanged, 0 gone"), "{}", moved.out);
    // The text names the article, wherever it lies.
    let ids = |rows: Vec<String>| {
        let id = |row: &String| {
            serde_json::from_str::<serde_json::Value>(row).ok().map(|row| row["id"].to_string())
        };
        rows.iter().map(id).collect::<Vec<_>>().into_iter().flatten().collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(rows(news.path(), "index")), ids(before));
    assert_eq!(run_in(news.path(), &["--index", "fresh", "index", "news"]).code, 0);
    same(news.path(), "index", "fresh");
}

#[test]
fn verify_tells_which_sources_changed_or_are_gone() {
    let news = small();
    let well = run_in(news.path(), &["verify"]);
    assert_eq!(well.code, 0, "{}", well.out);
    fs::write(news.path().join("news/2.txt"), story(77)).unwrap();
    fs::remove_file(news.path().join("news/3.txt")).unwrap();
    let ran = run_in(news.path(), &["verify"]);
    assert_eq!(ran.code, 2);
    let line =
        |what: &str, file: &str| ran.out.lines().any(|line| line.starts_with(what) && line.ends_with(file));
    assert!(line("source changed:", "news/2.txt") && line("source gone:", "news/3.txt"), "{}", ran.out);
    assert!(
        ran.out.contains("0 stored wrongly; 1 articles whose source changed, 1 whose source is gone"),
        "{}",
        ran.out
    );
    run_in(news.path(), &["index", "news"]);
    assert_eq!(run_in(news.path(), &["verify"]).code, 0);
}

#[test]
fn a_second_writer_waits_or_says_who_writes() {
    let news = small();
    fs::write(news.path().join("news/new.txt"), story(50)).unwrap();
    let index = Index::open(&news.path().join("index")).unwrap();
    let writer = index.writer(1, &|_| false).unwrap();
    let refused = run_in(news.path(), &["index", "news", "--no-wait"]);
    assert_eq!(refused.code, 2);
    let process = format!("process {}", std::process::id());
    assert!(refused.err.contains(&process), "{}", refused.err);
    // Readers do not mind.
    assert_eq!(run_in(news.path(), &["search", "bridge"]).code, 0);
    let mut waiting = spawn(news.path(), &["index", "news"]);
    std::thread::sleep(Duration::from_millis(400));
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
    drop(writer);
    let ended = waiting.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && err.contains(&process), "{err}");
    assert!(out.starts_with("1 new, 0 changed, 6 unchanged"), "{out}");
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let news = small();
    for number in 100..130 {
        let half = if number % 2 == 0 { "even" } else { "odd" };
        fs::create_dir_all(news.path().join(half)).unwrap();
        fs::write(news.path().join(half).join(format!("{number}.txt")), story(number)).unwrap();
    }
    let (even, odd) = (spawn(news.path(), &["index", "even"]), spawn(news.path(), &["index", "odd"]));
    for child in [even, odd] {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    run_in(news.path(), &["--index", "fresh", "index", "news", "even", "odd"]);
    same(news.path(), "index", "fresh");
}

/// Adds 200 files and runs the program where no file may grow beyond 24 KB, which stands for a full disk: writes
/// fail in the same way. What it told comes back; the index is as it was.
#[cfg(unix)]
fn without_room(folder: &Path, command: &str) -> String {
    let before = rows(folder, "index");
    for number in 200..400 {
        fs::write(folder.join(format!("news/{number}.txt")), story(number)).unwrap();
    }
    let script = format!("trap '' XFSZ; ulimit -f 24; exec '{}' {command}", env!("CARGO_BIN_EXE_onrecord"));
    let ran = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    let err = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{err}");
    assert_eq!(rows(folder, "index"), before);
    err
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_leaves_the_index_as_it_was() {
    let news = small();
    let err = without_room(news.path(), "index news");
    assert!(err.contains("no room is left") && !err.contains("panicked"), "{err}");
    assert_eq!(run_in(news.path(), &["doctor"]).code, 0);
    assert_eq!(run_in(news.path(), &["index", "news"]).code, 0);
    run_in(news.path(), &["--index", "fresh", "index", "news"]);
    same(news.path(), "index", "fresh");
}

/// Waits until a search finds something, or half a minute.
fn eventually(folder: &Path, args: &[&str], wanted: i32) -> Ran {
    let begun = Instant::now();
    loop {
        let ran = run_in(folder, args);
        if ran.code == wanted || begun.elapsed() > Duration::from_secs(30) {
            return ran;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(unix)]
#[test]
fn a_watched_folder_is_followed_until_ctrl_c() {
    let news = small();
    let mut child = spawn(news.path(), &["index", ".", "--watch"]);
    assert_eq!(eventually(news.path(), &["search", "bridge"], 0).code, 0);
    std::thread::sleep(Duration::from_millis(500));
    fs::write(news.path().join("news/late.txt"), "Flood ends\n\nThe aardvark swam home, said Ann Lee.\n")
        .unwrap();
    assert_eq!(eventually(news.path(), &["search", "aardvark"], 0).code, 0);
    fs::remove_file(news.path().join("news/late.txt")).unwrap();
    assert_eq!(eventually(news.path(), &["search", "aardvark"], 1).code, 1);
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = child.wait().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(status.code(), Some(0), "{out}");
    assert!(out.contains("1 new, 0 changed") && out.contains("1 gone"), "{out}");
    // Its own writing woke it no more than the two changes did.
    assert!(out.lines().count() <= 5, "{out}");
}

/// The news do not change: whatever the moment of the kill, the index answers as before.
#[test]
fn an_index_made_anew_gives_way_only_when_the_new_one_is_whole() {
    let news = small();
    let before = rows(news.path(), "index");
    let mut random = Random(7);
    let mut window = 300_000;
    let mut early = 0;
    for round in 0..20 {
        let mut child = spawn(news.path(), &["index", "news", "--rebuild"]);
        std::thread::sleep(Duration::from_micros(random.below(window) as u64));
        let ended = child.try_wait().unwrap().is_some();
        early += usize::from(!ended);
        window = if ended { window * 2 / 3 } else { window * 6 / 5 };
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(rows(news.path(), "index"), before, "round {round}");
        let doctor = run_in(news.path(), &["doctor"]);
        assert_eq!(doctor.code, 0, "round {round}: {}", doctor.out);
    }
    assert!(early > 5, "only {early} runs were killed before they ended");
    // Whoever writes next clears away what the kills left, and drafts that only a rare kill leaves.
    fs::write(news.path().join("index/.tmp-folders"), "half of").unwrap();
    assert!(run_in(news.path(), &["doctor"]).out.contains("left over"));
    fs::write(news.path().join("news/new.txt"), story(50)).unwrap();
    assert_eq!(run_in(news.path(), &["index", "news"]).code, 0);
    let doctor = run_in(news.path(), &["doctor"]);
    assert!(
        !news.path().join("index/.rebuild").exists() && !doctor.out.contains("left over"),
        "{}",
        doctor.out
    );
    let ran = run_in(news.path(), &["index", "news", "--rebuild"]);
    assert!(ran.out.starts_with("7 new, 0 changed, 0 unchanged"), "{}", ran.out);
    let doctor = run_in(news.path(), &["doctor"]);
    assert_eq!((doctor.code, doctor.out.lines().count()), (0, 1), "{}", doctor.out);
    run_in(news.path(), &["--index", "fresh", "index", "news"]);
    same(news.path(), "index", "fresh");
}

#[cfg(unix)]
#[test]
fn where_an_index_made_anew_finds_no_room_the_old_one_stands() {
    let news = small();
    let err = without_room(news.path(), "index --rebuild news");
    assert!(err.contains("index: no room is left") && !err.contains(".rebuild"), "{err}");
    assert!(!news.path().join("index/.rebuild").exists());
}

#[test]
fn two_first_runs_at_once_make_one_index() {
    for _ in 0..10 {
        let news = folder(&[("a/1.txt", &story(1)), ("b/2.txt", &story(2))]);
        let both = [spawn(news.path(), &["index", "a"]), spawn(news.path(), &["index", "b"])];
        for child in both {
            let ended = child.wait_with_output().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        }
        let ran = run_in(news.path(), &["index", "a", "b"]);
        assert!(ran.out.starts_with("0 new, 0 changed, 2 unchanged, 0 gone"), "{}", ran.out);
        assert_eq!(run_in(news.path(), &["doctor"]).code, 0);
    }
}

/// A kill between the list of deleted rows and the commit that names it.
#[test]
fn what_a_killed_commit_left_behind_does_not_hinder_the_next_one() {
    let news = small();
    let files = index_files(news.path()).into_iter().filter(|path| !path.ends_with(".managed.json"));
    let before: Vec<_> = files.map(|path| (fs::read(&path).unwrap(), path)).collect();
    fs::remove_file(news.path().join("news/5.txt")).unwrap();
    assert_eq!(run_in(news.path(), &["index", "news"]).code, 0);
    let is_new = |path: &std::path::PathBuf| before.iter().all(|(_, known)| known != path);
    let left: Vec<_> = index_files(news.path()).into_iter().filter(is_new).collect();
    assert!(left.iter().any(|path| path.extension().is_some_and(|kind| kind == "del")), "{left:?}");
    before.iter().for_each(|(bytes, path)| fs::write(path, bytes).unwrap());
    let again = run_in(news.path(), &["index", "news"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.contains("5 unchanged, 1 gone"), "{}", again.out);
    run_in(news.path(), &["--index", "fresh", "index", "news"]);
    same(news.path(), "index", "fresh");
}

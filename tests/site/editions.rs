//! Two editions as one book: the switch, addresses, what is newer, terms.

use crate::building::{built, edit, holds, page};
use crate::fake::Project;
use crate::small;

const EN: &str = "book/en/tcp/connection.md";
const KO: &str = "book/ko/tcp/connection.md";

/// Where the switch of a page leads.
fn switch(page: &str) -> &str {
    let at = page.find("data-testid=\"language-switch\"").unwrap();
    let href = page[at..].split("href=\"").nth(1).unwrap();
    href.split('"').next().unwrap()
}

#[test]
fn the_switch_leads_to_the_same_page_without_a_script() {
    let site = built(&small::project(), None);
    assert_eq!(switch(page(&site, "en/tcp/connection.html")), "../../ko/tcp/connection.html");
    assert_eq!(switch(page(&site, "ko/index.html")), "../en/index.html");
    for path in ["claims", "labs", "bench"] {
        let page = page(&site, &format!("ko/{path}.html"));
        assert_eq!(switch(page), format!("../en/{path}.html"));
        assert!(!page.contains("data-elsewhere"), "{path}");
    }
}

#[test]
fn a_page_of_one_edition_leads_to_the_nearest_of_the_other() {
    let project = small::project();
    project.write("book/en/tcp/only.md", "# Only {#only}\n\nHere.\n");
    edit(&project, "book/en/SUMMARY.md", "\n\n# Lists", "\n- [Only](tcp/only.md)\n\n# Lists");
    project.write("book/ko/first.md", "# 여기만 {#first}\n\n여기.\n");
    edit(&project, "book/ko/SUMMARY.md", "[말](README.md)", "[여기만](first.md)\n[말](README.md)");
    let site = built(&project, Some("https://example.org"));
    let (only, first) = (page(&site, "en/tcp/only.html"), page(&site, "ko/first.html"));
    assert_eq!((switch(only), switch(first)), ("../../ko/tcp/connection.html", "../en/index.html"));
    for page in [only, first] {
        holds(page, &["data-elsewhere", "rel=\"canonical\""]);
        assert!(!page.contains("rel=\"alternate\""), "{page}");
    }
}

#[test]
fn addresses_are_named_when_the_site_has_one() {
    // Below a path, with and without the last `/`.
    for url in ["https://example.org/a/book", "https://example.org/a/book/"] {
        let site = built(&small::project(), Some(url));
        let alternates = |en: &str, ko: &str, neither: &str| {
            [("en", en), ("ko", ko), ("x-default", neither)].map(|(lang, path)| {
                format!("<link rel=\"alternate\" hreflang=\"{lang}\" href=\"https://example.org/a/book/{path}\">")
            })
        };
        for (path, own, alternates) in [
            ("index.html", "", alternates("en/", "ko/", "")),
            ("en/index.html", "en/", alternates("en/", "ko/", "")),
            ("ko/index.html", "ko/", alternates("en/", "ko/", "")),
            (
                "ko/tcp/connection.html",
                "ko/tcp/connection.html",
                alternates("en/tcp/connection.html", "ko/tcp/connection.html", "en/tcp/connection.html"),
            ),
        ] {
            let page = page(&site, path);
            holds(page, &[&format!("<link rel=\"canonical\" href=\"https://example.org/a/book/{own}\">")]);
            holds(page, &alternates.each_ref().map(String::as_str));
            assert_eq!(page.matches("rel=\"alternate\"").count(), 3, "{path}");
        }
    }
}

#[test]
fn a_site_url_is_a_whole_address() {
    let project = small::project();
    for url in ["example.org", "/book", "https://", "ftp://example.org", "https://example.org/?a"] {
        project.run(&format!("build --out public --site-url {url}")).says(1, &[&format!("--site-url {url}: give")]);
    }
    assert!(!project.has("public"));
}

/// The sections of a page that say that the other edition is newer, by where
/// they lead.
fn newer(page: &str) -> Vec<String> {
    let notes = page.split("<p class=\"newer\"").skip(1);
    notes.map(|note| note.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_string()).collect()
}

#[test]
fn a_section_whose_other_side_has_changed_says_so() {
    let project = small::project();
    project.run("twins ack --all --reason read").says(0, &[]);
    let notes = |project: &Project| {
        let site = built(project, None);
        assert_eq!(site.faults, []);
        let notes = |lang: &str| newer(page(&site, &format!("{lang}/tcp/connection.html")));
        (notes("en"), notes("ko"))
    };
    assert_eq!(notes(&project), (vec![], vec![]));

    edit(&project, EN, "Mind this.", "Mind that.");
    assert_eq!(notes(&project), (vec![], vec!["../../en/tcp/connection.html#speaks".to_string()]));
    edit(&project, KO, "Back to", "On to");
    let both = (
        vec!["../../ko/tcp/connection.html#repeats".to_string()],
        vec!["../../en/tcp/connection.html#speaks".to_string()],
    );
    assert_eq!(notes(&project), both);
    let site = built(&project, None);
    holds(page(&site, "ko/tcp/connection.html"), &["</h2><p class=\"newer\" data-testid=\"newer\">이 절은 영어판이"]);
    holds(
        page(&site, "en/tcp/connection.html"),
        &["</h2><p class=\"newer\" data-testid=\"newer\">This section is newer"],
    );

    // Both have changed: neither is known to be behind.
    edit(&project, KO, "Mind this.", "Mind those.");
    assert_eq!(notes(&project), (both.0, vec![]));
    project.run("twins ack tcp/connection --reason read").says(0, &[]);
    assert_eq!(notes(&project), (vec![], vec![]));
}

#[test]
fn a_term_is_explained_once_a_page_and_knows_where_it_was_met_first() {
    let project = small::project();
    edit(&project, EN, "The [lab]", "Two sockets, and a socket. The [lab]");
    edit(&project, KO, "The [lab]", "소켓(socket)을 열고 소켓을 닫습니다. The [lab]");
    let site = built(&project, None);
    assert_eq!(site.faults, []);
    for (lang, word) in [("en", "sockets</a>, and a socket."), ("ko", "소켓</a>(socket)을 열고 소켓을")] {
        let chapter = page(&site, &format!("{lang}/tcp/connection.html"));
        assert_eq!(chapter.matches("class=\"term\"").count(), 1, "{chapter}");
        holds(chapter, &["<a class=\"term\" href=\"../claims.html#socket\" data-definition=\"", word]);
        let list = page(&site, &format!("{lang}/claims.html"));
        holds(
            list,
            &["<div id=\"socket\"><dt><a class=\"header\" href=\"#socket\">", "<a href=\"tcp/connection.html#stops\">"],
        );
        assert!(!list.contains("class=\"term\"") && !list.contains("first:"), "{list}");
    }
    // Where no page uses it, nothing is said.
    let site = built(&small::project(), None);
    assert!(!page(&site, "en/claims.html").contains("First met in"));
}

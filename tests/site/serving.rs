//! The book on this machine.

use std::net::TcpListener;

use crate::client::{Server, until};
use crate::small;

#[test]
fn pages_are_served_and_nothing_else() {
    let project = small::project();
    let server = Server::start(&project, "");
    let (status, page) = server.ask("GET /ko/tcp/connection.html", &[]);
    assert_eq!(status, 200);
    assert!(page.contains("text/html; charset=utf-8") && page.contains("/_live/live.js"), "{page}");
    assert_eq!(server.ask("GET /theme/book.css?x", &[]).0, 200);
    assert!(server.ask("GET /en", &[]).1.contains("location: /en/"));
    // Nothing is kept by a browser, and what another build let it keep goes.
    assert!(!page.contains("sockets-offline"), "{page}");
    assert!(server.ask("GET /worker.js", &[]).1.contains("registration.unregister()"));
    for path in [
        "/../book.toml",
        "/%2e%2e/book.toml",
        "/en/../../book.toml",
        "/en/..%2f..%2fbook.toml",
        "/..%5cbook.toml",
        "//etc/passwd",
        "/en/%00",
        "/en/SUMMARY.md",
    ] {
        let (status, answer) = server.ask(&format!("GET {path}"), &[]);
        assert!(matches!(status, 404 | 400), "{path}: {answer}");
        assert!(!answer.contains("[book]") && !answer.contains("root:"), "{path}: {answer}");
    }
}

#[test]
fn a_foreign_host_gets_the_book_to_read() {
    let project = small::project();
    let server = Server::start(&project, "--allow-host code.example");
    let (status, page) = server.ask("GET /en/index.html", &[("host", "evil.example")]);
    assert_eq!(status, 200);
    assert!(!page.contains("sockets-token") && !page.contains("_live"), "{page}");
    assert_eq!(server.ask("GET /_live/news", &[("host", "evil.example")]).0, 403);
    let (_, page) = server.ask("GET /en/index.html", &[("host", "code.example")]);
    assert!(page.contains("sockets-token"), "an allowed name is ours: {page}");
}

#[test]
fn an_open_page_hears_of_changes_and_the_last_good_site_stays() {
    let project = small::project();
    let server = Server::start(&project, "");
    let mut news = server.send("GET /_live/news", &[]);
    until(&mut news, "event: hello");

    project.write("book/en/.README.md.swp", "an editor's");
    until(&mut news, "\"kind\":\"same\"");

    let path = "book/en/README.md";
    let good = project.read(path);
    project.write(path, &good.replace("See", "Look at"));
    until(&mut news, "\"kind\":\"built\"");
    assert!(server.ask("GET /en/index.html", &[]).1.contains("Look at"));

    project.write(path, &good.replace("#speaks", "#nothing"));
    let told = until(&mut news, "\"kind\":\"broken\"");
    assert!(
        told.contains("book/en/README.md") && told.contains("\"line\":3") && told.contains("\"kept\":true"),
        "{told}"
    );
    assert!(server.ask("GET /en/index.html", &[]).1.contains("Look at"), "the last good site");
    // Who opens a page now is told as well.
    until(&mut server.send("GET /_live/news", &[]), "\"kind\":\"broken\"");

    project.write(path, &good);
    until(&mut news, "\"kind\":\"built\"");
    assert!(server.ask("GET /en/index.html", &[]).1.contains("See"));
}

#[test]
fn a_book_that_cannot_be_built_is_still_served() {
    let project = small::project();
    project.write("book/ko/SUMMARY.md", "# Summary\n\n- [gone](gone.md)\n");
    let server = Server::start(&project, "");
    let told = until(&mut server.send("GET /_live/news", &[]), "\"kind\":\"broken\"");
    assert!(told.contains("gone.md"), "{told}");
    assert_eq!(server.ask("GET /en/index.html", &[]).0, 404);
}

#[test]
fn a_taken_port_is_passed_over_and_an_asked_one_is_named() {
    let project = small::project();
    let first = Server::start(&project, "");
    let second = Server::start(&project, "");
    assert_ne!(first.port, second.port);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    project.run(&format!("serve --no-open --port {port}")).says(1, &[&format!("port {port} is taken")]);
}

#[test]
fn ctrl_c_ends_it_with_open_pages() {
    let project = small::project();
    let mut server = Server::start(&project, "");
    let mut news = server.send("GET /_live/news", &[]);
    until(&mut news, "event: hello");
    assert!(server.interrupt());
}

//! What the program must do, seen by those who call it and by the kernel.
//!
//! Each test gives orders one at a time and reads the answers. Then it looks at
//! the sockets that the program really has: an answer alone proves nothing.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification. `#s` stands for a descriptor and `@s` for an
//! address with its port; both are others in each run. `P1` is a text.

use harness::Payload;

harness::lab!("call-by-call");

#[test]
fn listens_where_it_is_told() {
    LAB.check("listens_where_it_is_told", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        check.main_point();
        talk.order("listen @s", "#s @s");
        talk.has(&["#s @s LISTEN"]);
        let _a = talk.connect("a", "@s");
        talk.has(&["#s @s LISTEN (queue 1)"]);
        talk.order("listen 127.0.0.1:0", "#t @t");
        let _b = talk.connect("b", "@t");
        talk.has(&["#s @s LISTEN (queue 1)", "#t @t LISTEN (queue 1)"]);
        talk.order("names #s", "@s");
        talk.ends();
    });
}

#[test]
fn connects_from_a_port_of_its_own() {
    LAB.check("connects_from_a_port_of_its_own", |check| {
        let mut talk = check.talk();
        let service = talk.service("x");
        talk.place("@f");
        check.main_point();
        talk.order("connect @x", "#c @c -> @x");
        let _one = service.accept(talk.program());
        talk.has(&["#c @c -> @x ESTABLISHED"]);
        talk.order("connect @x from @f", "#d @f -> @x");
        let _two = service.accept(talk.program());
        talk.has(&["#c @c -> @x ESTABLISHED", "#d @f -> @x ESTABLISHED"]);
        talk.order("names #c", "@c -> @x");
        talk.ends();
    });
}

#[test]
fn is_connected_before_accept() {
    LAB.check("is_connected_before_accept", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        talk.text("P1", 37);
        talk.text("P2", 21);
        talk.order("listen @s", "#s @s");
        check.main_point();
        talk.order("connect @s", "#c @c -> @s");
        talk.order("send #c P1", "sent 37");
        talk.has(&["#c @c -> @s ESTABLISHED", "#s @s LISTEN (queue 1)"]);
        talk.order("accept #s", "#d @s -> @c");
        talk.order("receive #d", "received P1");
        talk.order("send #d P2", "sent 21");
        talk.order("receive #c", "received P2");
        talk.has(&["#c @c -> @s ESTABLISHED", "#d @s -> @c ESTABLISHED", "#s @s LISTEN"]);
        talk.ends();
    });
}

#[test]
fn receives_bytes_as_they_are() {
    LAB.check("receives_bytes_as_they_are", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        // No UTF-8 has a byte 255, and what cannot be seen at an end is data, too.
        let letters = check.text("P1", 20);
        let p1 = Payload::fixed("P1", [b"\t\xff", letters.bytes(), b"\r\n"].concat());
        talk.know("P1", p1.bytes().escape_ascii().to_string());
        let p2 = check.text("P2", 1_500);
        for (name, part) in [("P2[..1024]", &p2.bytes()[..1_024]), ("P2[1024..]", &p2.bytes()[1_024..])] {
            talk.know(name, String::from_utf8_lossy(part));
        }
        talk.order("listen @s", "#s @s");
        let mut a = talk.connect("a", "@s");
        talk.order("accept #s", "#d @s -> @a");
        check.main_point();
        talk.order_that_waits("receive #d");
        a.send(&p1);
        talk.hears("receive #d", "received P1");
        a.send(&p2);
        talk.program().settle();
        talk.order("receive #d", "received P2[..1024]");
        talk.order("receive #d", "received P2[1024..]");
        talk.ends();
    });
}

#[test]
fn accepts_into_a_new_descriptor() {
    LAB.check("accepts_into_a_new_descriptor", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        let (p1, p2) = (talk.text("P1", 37), talk.text("P2", 21));
        talk.order("listen @s", "#s @s");
        let mut a = talk.connect("a", "@s");
        let mut b = talk.connect("b", "@s");
        check.main_point();
        talk.order("accept #s", "#a @s -> @a");
        talk.order("accept #s", "#b @s -> @b");
        talk.has(&["#a @s -> @a ESTABLISHED", "#b @s -> @b ESTABLISHED", "#s @s LISTEN"]);
        b.send(&p1);
        talk.order("receive #b", "received P1");
        talk.order("send #a P2", "sent 21");
        a.recv_only(&p2);
        b.quiet();
        talk.order("names #s", "@s");
        // The number is free again, and the lowest: the next socket gets it.
        talk.order("close #a", "closed #a");
        a.recv_eof();
        let _c = talk.connect("c", "@s");
        talk.order("accept #s", "#a @s -> @c");
        // Nobody is in the queue.
        talk.order_that_waits("accept #s");
        let _d = talk.connect("d", "@s");
        talk.hears("accept #s", "#d @s -> @d");
        talk.has(&["#a @s -> @c ESTABLISHED", "#b @s -> @b ESTABLISHED", "#d @s -> @d ESTABLISHED", "#s @s LISTEN"]);
        talk.ends();
    });
}

#[test]
fn hears_the_end_and_still_answers() {
    LAB.check("hears_the_end_and_still_answers", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        let (p1, p2) = (talk.text("P1", 37), talk.text("P2", 21));
        talk.order("listen @s", "#s @s");
        let mut a = talk.connect("a", "@s");
        talk.order("accept #s", "#d @s -> @a");
        check.main_point();
        a.send(&p1).half_close();
        talk.order("receive #d", "received P1");
        talk.order("receive #d", "end");
        talk.order("receive #d", "end");
        talk.has(&["#d @s -> @a CLOSE-WAIT", "#s @s LISTEN"]);
        talk.order("send #d P2", "sent 21");
        a.recv_only(&p2);
        talk.order("shutdown #d", "shut #d");
        a.recv_eof();
        // The connection is over, and its descriptor is still there.
        talk.has(&["#d CLOSED", "#s @s LISTEN"]);
        talk.order("send #d P2", "EPIPE");
        talk.order("shutdown #d", "ENOTCONN");
        talk.order("close #d", "closed #d");
        talk.has(&["#s @s LISTEN"]);
        talk.ends();
    });
}

#[test]
fn ends_one_direction_and_listens_on() {
    LAB.check("ends_one_direction_and_listens_on", |check| {
        let mut talk = check.talk();
        let (p1, p2) = (talk.text("P1", 37), talk.text("P2", 21));
        let service = talk.service("x");
        talk.order("connect @x", "#c @c -> @x");
        let mut x = service.accept(talk.program());
        talk.order("send #c P1", "sent 37");
        check.main_point();
        talk.order("shutdown #c", "shut #c");
        x.recv(&p1).recv_eof();
        talk.has(&["#c @c -> @x FIN-WAIT-2"]);
        x.send(&p2);
        talk.order("receive #c", "received P2");
        talk.order_that_waits("receive #c");
        x.close();
        talk.hears("receive #c", "end");
        talk.order("close #c", "closed #c");
        talk.has(&[]);
        talk.ends();
    });
}

#[test]
fn says_what_went_wrong() {
    LAB.check("says_what_went_wrong", |check| {
        let mut talk = check.talk();
        let nobody = check.nobody("n");
        talk.know("@n", nobody.addr());
        let s = talk.place("@s");
        talk.know("@far", format!("192.0.2.7:{}", s.addr().port()));
        talk.text("P1", 37);
        check.main_point();
        talk.order("connect @n", "ECONNREFUSED");
        talk.order("listen @far", "EADDRNOTAVAIL");
        talk.has(&[]);
        talk.order("listen @s", "#s @s");
        talk.order("listen @s", "EADDRINUSE");
        talk.order("connect @s from @far", "EADDRNOTAVAIL");
        talk.has(&["#s @s LISTEN"]);
        talk.order("send #s P1", "EPIPE");
        talk.order("receive #s", "ENOTCONN");
        let mut a = talk.connect("a", "@s");
        talk.order("accept #s", "#d @s -> @a");
        talk.order("accept #d", "EINVAL");
        a.reset();
        // What has gone wrong is told once.
        talk.order("receive #d", "ECONNRESET");
        talk.order("receive #d", "end");
        talk.order("send #d P1", "EPIPE");
        talk.has(&["#d CLOSED", "#s @s LISTEN"]);
        talk.order("close #d", "closed #d");
        // It is the connection that has ended, and nothing else.
        let _b = talk.connect("b", "@s");
        talk.order("accept #s", "#d @s -> @b");
        talk.ends();
    });
}

#[test]
fn goes_on_after_nonsense() {
    LAB.check("goes_on_after_nonsense", |check| {
        let mut talk = check.talk();
        talk.place("@s");
        check.main_point();
        for line in ["fly", "listen", "listen 127.0.0.1:65536", "connect 127.0.0.1:7000 via 127.0.0.1:5000", "send 9"] {
            talk.nonsense(line, line);
        }
        talk.nonsense("", "(nothing)");
        talk.nonsense([0xff, 0xfe, 0x00, 0x80], "(not UTF-8)");
        for number in ["0", "-1", "9999", "4000000000"] {
            for order in ["accept", "names", "receive", "shutdown", "close"] {
                let line = format!("{order} {number}");
                talk.nonsense(line.as_str(), &line);
            }
        }
        talk.order("listen @s", "#s @s");
        talk.order("close #s", "closed #s");
        talk.order_beginning("close #s", "error: ");
        talk.order_beginning("accept #s", "error: ");
        talk.order("listen @s", "#s @s");
        talk.has(&["#s @s LISTEN"]);
        talk.ends();
    });
}

#[test]
fn goes_on_when_descriptors_run_out() {
    LAB.check("goes_on_when_descriptors_run_out", |check| {
        let mut talk = check.talk_with_few_descriptors(24);
        talk.order("listen 127.0.0.1:0", "#s @s");
        let _a = talk.connect("a", "@s");
        check.main_point();
        talk.order_until("listen 127.0.0.1:0", "#t @t", "EMFILE");
        talk.order("connect @t", "EMFILE");
        // Whoever waits in the queue waits on.
        talk.order("accept #s", "EMFILE");
        talk.order("close #t", "closed #t");
        talk.order("accept #s", "#t @s -> @a");
        talk.ends();
    });
}

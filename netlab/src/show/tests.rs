use super::*;
use crate::rust::Lang;

const SCRIPT: &str = r#"
host a 10.0.0.1
host b 10.0.0.2
link a b delay 10ms

server on b:
  s = socket(AF_INET, SOCK_STREAM)
  bind(s, 0.0.0.0:80)
  listen(s, 1)

a:
  wait server
  c = socket(AF_INET, SOCK_STREAM)
  connect(c, b:80) -> 0 # predict

server on b:
  wait a
  repeat 2
    d = accept(s) # yours
  end
"#;

fn has(json: &str, part: &str) {
    assert!(json.contains(part), "{part}\nis not in\n{json}");
}

#[test]
fn a_run_is_told_as_json() {
    let json = play(SCRIPT, 1);
    has(&json, r#"{"ok":true,"hosts":[{"name":"a","addresses":["10.0.0.1"]},{"name":"b","#);
    has(&json, r#""routers":[],"programs":[{"name":"server","host":"b"},{"name":"a","host":"a"}],"lines":["#);
    has(
        &json,
        r#"{"line":7,"program":"server","text":"s = socket(AF_INET, SOCK_STREAM)","result":"3","asked":false,"wait":false,"depth":0}"#,
    );
    has(&json, r#""text":"connect(c, b:80)","result":"0","asked":true,"wait":false,"depth":0,"mark":"predict"}"#);
    has(&json, r#""text":"wait a","result":"","asked":false,"wait":true,"#);
    has(&json, r#""text":"repeat 2","result":"","asked":false,"wait":false,"depth":0}"#);
    has(
        &json,
        r#""text":"d = accept(s)","result":"4 from 10.0.0.1:P1","asked":false,"wait":false,"depth":1,"mark":"yours"}"#,
    );
    has(&json, r#"{"line":null,"program":"server","text":"end","result":"","#);
    has(&json, r#""events":[{"at":0,"event":"call","program":"server","line":7,"#);
    has(
        &json,
        r#""end":"blocked","limit":null,"failures":[{"line":19,"column":5,"program":"server","step":"d = accept(s)","expected":null,"got":null,"gone":false}]"#,
    );
}

#[test]
fn a_mistake_has_a_place() {
    let json = play("host a 10.0.0.1\na:\n  sock()\n", 1);
    assert_eq!(json, r#"{"ok":false,"line":3,"column":3,"expected":"call","found":"sock"}"#);
}

#[test]
fn sockets_are_listed_after_any_event() {
    let played = Played::new(SCRIPT, 1);
    let tables: Vec<String> = (0..100).map(|n| played.sockets(n)).collect();
    assert_eq!(tables[0], "[]");
    has(
        &tables[5],
        r#"[{"host":"b","program":"server","fd":[3],"kind":"tcp","state":"LISTEN","local":"0.0.0.0:80","remote":"*","recv":0,"send":1}]"#,
    );
    let any = |part: &str| assert!(tables.iter().any(|table| table.contains(part)), "{part}: {tables:#?}");
    any(r#""program":"a","fd":[3],"kind":"tcp","state":"SYN-SENT""#);
    any(r#"{"host":"b","program":"","fd":[],"kind":"tcp","state":"SYN-RECEIVED","local":"10.0.0.2:80""#);
    any(r#"{"host":"b","program":"","fd":[],"kind":"tcp","state":"ESTABLISHED""#);
    any(r#""program":"server","fd":[4],"kind":"tcp","state":"ESTABLISHED""#);
    assert_eq!(tables[99], "[]");
}

#[test]
fn a_script_is_told_in_rust_or_why_not() {
    let start = r#"{"ok":true,"rust":""#;
    assert!(rust(SCRIPT, Lang::En).starts_with(start) && rust(SCRIPT, Lang::Ko) != rust(SCRIPT, Lang::En));
    assert_eq!(rust("x", Lang::En), play("x", 1));
}

#[test]
fn where_a_script_leaves_the_result_open_the_reader_sees_what_came() {
    let script = "host a 10.0.0.1\na:\n  s = socket(AF_INET, SOCK_STREAM) -> 1..9\n  recv(s, 9) -> *\n";
    let json = play(script, 1);
    has(&json, r#""text":"s = socket(AF_INET, SOCK_STREAM)","result":"3""#);
    has(&json, r#""text":"recv(s, 9)","result":"ENOTCONN""#);
}

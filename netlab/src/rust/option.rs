//! Socket options: methods of socket2 where it has them.

use super::body::Body;
use super::call::{protocol_value, some_time};
use super::helper::Helper;
use super::words::Say;
use super::write::{Expr, number};
use crate::script::{Expect, OptValue, SockOpt, Step};
use crate::time::{self, MILLI, SECOND};

/// What kind of value an option has, and what socket2 calls it; without a name
/// there is no method.
enum Method {
    Bool(&'static str),
    Number(&'static str),
    None,
}

fn method(option: SockOpt) -> Method {
    match option {
        SockOpt::SO_REUSEADDR => Method::Bool("reuse_address"),
        SockOpt::SO_REUSEPORT => Method::Bool("reuse_port"),
        SockOpt::SO_BROADCAST => Method::Bool("broadcast"),
        SockOpt::SO_KEEPALIVE => Method::Bool("keepalive"),
        SockOpt::TCP_NODELAY => Method::Bool("tcp_nodelay"),
        SockOpt::IP_HDRINCL => Method::Bool("header_included_v4"),
        SockOpt::IPV6_V6ONLY => Method::Bool("only_v6"),
        SockOpt::SO_RCVBUF => Method::Number("recv_buffer_size"),
        SockOpt::SO_SNDBUF => Method::Number("send_buffer_size"),
        SockOpt::IP_TTL => Method::Number("ttl_v4"),
        SockOpt::IPV6_UNICAST_HOPS => Method::Number("unicast_hops_v6"),
        _ => Method::None,
    }
}

fn level(option: SockOpt) -> &'static str {
    match option.name() {
        name if name.starts_with("SO_") => "SOL_SOCKET",
        name if name.starts_with("TCP_") => "IPPROTO_TCP",
        name if name.starts_with("IP_") => "IPPROTO_IP",
        _ => "IPPROTO_IPV6",
    }
}

impl Body<'_> {
    /// setsockopt.
    pub(super) fn set_option(&mut self, name: &str, option: SockOpt, value: OptValue, step: &Step) {
        let set = |method: &str, value: &str| Expr::new(format!("{name}.set_{method}"), &[value]);
        let call = match (value, method(option)) {
            (OptValue::Int(value @ 0..=1), Method::Bool(method)) => set(method, &(value == 1).to_string()),
            (OptValue::Int(value @ 0..), Method::Number(method)) => set(method, &number(value.into())),
            (OptValue::Int(value @ 0..), Method::None) if option == SockOpt::TCP_USER_TIMEOUT => {
                set("tcp_user_timeout", &some_time(value as u64 * MILLI))
            }
            (OptValue::Int(value), _) => {
                self.need(Helper::Set);
                let (level, option) = (self.libc(level(option)), self.libc(option.name()));
                Expr::new("set_option", &[&format!("&{name}"), level, option, &number(value.into())])
            }
            (OptValue::Linger(None), _) => set("linger", "None"),
            (OptValue::Linger(Some(seconds)), _) => {
                let length = super::body::duration(u64::from(seconds) * SECOND);
                set("linger", &format!("Some({length})"))
            }
            (OptValue::Time(length), _) => {
                set(if option == SockOpt::SO_SNDTIMEO { "write_timeout" } else { "read_timeout" }, &some_time(length))
            }
        };
        self.void(&call, step);
    }

    /// getsockopt.
    pub(super) fn get_option(&mut self, name: &str, option: SockOpt, step: &Step) {
        let get = |method: &str| Expr::new(format!("{name}.{method}"), &[]);
        match option {
            SockOpt::SO_ERROR => self.take_error(&get("take_error"), step),
            SockOpt::TCP_INFO => {
                self.need(Helper::State);
                let call = Expr::new("state", &[&format!("&{name}")]);
                let state = match &step.expect {
                    Some(Expect::State(state)) => Some(format!("\"{}\"", state.name())),
                    _ => None,
                };
                self.value(&call, state, step);
            }
            SockOpt::SO_TYPE => {
                let value = word(step).and_then(|word| word.strip_prefix("SOCK_")).map(|word| format!("Type::{word}"));
                self.value(&get("r#type"), value, step);
            }
            SockOpt::SO_DOMAIN => {
                let value = word(step).and_then(|word| match word {
                    "AF_INET" => Some("Domain::IPV4".to_owned()),
                    "AF_INET6" => Some("Domain::IPV6".to_owned()),
                    _ => None,
                });
                self.value(&get("domain"), value, step);
            }
            SockOpt::SO_PROTOCOL => self.value(&get("protocol"), only_number(step).and_then(protocol_value), step),
            SockOpt::SO_LINGER | SockOpt::SO_RCVTIMEO | SockOpt::SO_SNDTIMEO => {
                let method = match option {
                    SockOpt::SO_LINGER => "linger",
                    SockOpt::SO_RCVTIMEO => "read_timeout",
                    _ => "write_timeout",
                };
                let value = word(step).and_then(|word| match word.strip_prefix("on ") {
                    Some(length) => Some(format!("Some({})", super::body::duration(time::read(length)?))),
                    None if word == "off" => Some("None".to_owned()),
                    None => time::read(word).map(some_time),
                });
                self.value(&get(method), value, step);
            }
            SockOpt::TCP_USER_TIMEOUT => {
                let millis = only_number(step).and_then(|millis| u64::try_from(millis).ok());
                self.value(&get("tcp_user_timeout"), millis.map(|millis| some_time(millis * MILLI)), step);
            }
            SockOpt::SO_ACCEPTCONN => self.flag(name, &get("is_listener"), option, step),
            _ => match method(option) {
                Method::Bool(method) => self.flag(name, &get(method), option, step),
                Method::Number(method) => self.number("size", &get(method), step),
                Method::None => self.plain_option(name, option, step),
            },
        }
    }

    /// An option that is on or off.
    fn flag(&mut self, name: &str, call: &Expr, option: SockOpt, step: &Step) {
        match (&step.expect, only_number(step)) {
            (_, Some(0)) => self.lines.line(&format!("assert!(!{}?);", call.flat())),
            (_, Some(1)) => self.lines.line(&format!("assert!({}?);", call.flat())),
            (None, _) => self.lines.call("", call, "?;"),
            (Some(Expect::Errno(errno)), _) => self.errno(call, *errno),
            _ => self.plain_option(name, option, step),
        }
    }

    fn plain_option(&mut self, name: &str, option: SockOpt, step: &Step) {
        self.need(Helper::Get);
        let (level, option) = (self.libc(level(option)), self.libc(option.name()));
        self.number("value", &Expr::new("option", &[&format!("&{name}"), level, option]), step);
    }

    /// A call that gives something to compare with `value`; without one, what the
    /// script expects is no such thing.
    fn value(&mut self, call: &Expr, value: Option<String>, step: &Step) {
        match (value, &step.expect) {
            (Some(value), _) => self.lines.check("value", call, ("", "?"), &value),
            (None, Some(Expect::Errno(errno))) => self.errno(call, *errno),
            (None, Some(Expect::Any)) => self.lines.call("", call, ".ok();"),
            (None, expect) => {
                self.lines.call("", call, "?;");
                if expect.is_some() {
                    self.odd(step);
                }
            }
        }
    }

    fn take_error(&mut self, call: &Expr, step: &Step) {
        self.say(Say::TakeError);
        match &step.expect {
            Some(Expect::Errno(errno)) => {
                let errno = self.libc(errno.name());
                self.lines.call("let error = ", call, "?.expect(\"an error\");");
                self.lines.line(&format!("assert_eq!(error.raw_os_error(), Some({errno}));"));
            }
            _ if only_number(step) == Some(0) => self.lines.line(&format!("assert!({}?.is_none());", call.flat())),
            _ => self.value(call, None, step),
        }
    }
}

fn word(step: &Step) -> Option<&str> {
    match &step.expect {
        Some(Expect::Word(word)) => Some(word),
        _ => None,
    }
}

fn only_number(step: &Step) -> Option<i64> {
    match &step.expect {
        Some(Expect::Value { number, data: None, from: None }) => *number,
        _ => None,
    }
}

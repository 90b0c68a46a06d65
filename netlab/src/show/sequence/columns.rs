//! Where the lines of the nodes stand, and to which side their texts run.

use crate::run::Plan;

/// Left of it stand the times.
pub(super) const LEFT: i32 = 84;
/// Width of a figure that has up to five nodes.
const WIDTH: i32 = 640;
/// From the last line to the edge.
const MARGIN: i32 = 14;
/// Lines are at least so far from each other.
const LEAST_GAP: i32 = 130;
/// Programs of a host that get a track of their own for the bars of waiting.
const TRACKS: i32 = 3;
/// Width of a track.
pub(super) const TRACK: i32 = 10;

/// The lines of the nodes.
pub(super) struct Columns {
    /// Width of the figure.
    pub(super) width: i32,
    /// The lines, first the hosts' and then the routers', as nodes are counted.
    xs: Vec<i32>,
    /// Of each program, its number among those of its host.
    tracks: Vec<i32>,
    /// Of each host, how many programs it runs.
    crowds: Vec<i32>,
}

impl Columns {
    /// Columns in the order in which packets pass: first host, routers, the
    /// other hosts.
    pub(super) fn new(plan: &Plan) -> Columns {
        let (hosts, routers) = (plan.hosts.len(), plan.routers.len());
        let gaps = i32::try_from(hosts + routers).unwrap_or(i32::MAX).saturating_sub(1).max(1);
        let width = WIDTH.max(LEFT + gaps * LEAST_GAP + MARGIN);
        let inner = width - LEFT - MARGIN;
        let place = |position: usize| LEFT + inner * position as i32 / gaps;
        let mut xs = vec![LEFT; hosts + routers];
        for (node, x) in xs.iter_mut().enumerate() {
            *x = place(match node {
                0 => 0,
                host if host < hosts => host + routers,
                router => router - hosts + 1,
            });
        }
        let mut crowds = vec![0; hosts];
        let tracks = plan.programs.iter().map(|program| {
            crowds[program.host] += 1;
            crowds[program.host] - 1
        });
        let tracks = tracks.collect();
        Columns { width, xs, tracks, crowds }
    }

    /// The line of a node.
    pub(super) fn x(&self, node: usize) -> i32 {
        self.xs.get(node).copied().unwrap_or(LEFT)
    }

    /// Whether texts of the node run to the right of its line.
    pub(super) fn rightwards(&self, node: usize) -> bool {
        self.x(node) < (LEFT + self.width - MARGIN) / 2 || self.xs.len() == 1
    }

    /// Where texts of a node begin: beside the tracks of its programs.
    pub(super) fn text_x(&self, node: usize) -> i32 {
        let crowd = self.crowds.get(node).copied().unwrap_or(0).clamp(1, TRACKS);
        let away = 4 + crowd * TRACK;
        if self.rightwards(node) { self.x(node) + away } else { self.x(node) - away }
    }

    /// How wide texts of a node may be.
    pub(super) fn room(&self, node: usize) -> i32 {
        if self.rightwards(node) { self.right() - self.text_x(node) } else { self.text_x(node) - self.left() }
    }

    /// Texts begin right of this.
    pub(super) fn left(&self) -> i32 {
        LEFT - 8
    }

    /// Texts end left of this.
    pub(super) fn right(&self) -> i32 {
        self.width - 4
    }

    /// The middle of the track of a program on a host.
    pub(super) fn track_x(&self, program: usize, host: usize) -> i32 {
        let track = self.tracks.get(program).copied().unwrap_or(0).min(TRACKS - 1) * TRACK;
        if self.rightwards(host) { self.x(host) + track } else { self.x(host) - track }
    }

    /// Whether a host runs several programs, so that calls have to name theirs.
    pub(super) fn crowded(&self, host: usize) -> bool {
        self.crowds.get(host).is_some_and(|crowd| *crowd > 1)
    }

    /// Where the name of a node stands in the head: x, anchor, and its room.
    pub(super) fn name(&self, node: usize) -> (i32, &'static str, i32) {
        let count = i32::try_from(self.xs.len()).unwrap_or(i32::MAX);
        let gap = (self.width - LEFT - MARGIN) / (count - 1).max(1);
        let x = self.x(node);
        // Names in the middle have half of the gap on each side, less some air.
        let middle = gap * 11 / 20;
        let side = if count > 2 { gap - middle / 2 - 12 } else { gap / 2 - 6 };
        if x == LEFT {
            (self.left(), "start", side)
        } else if x == self.width - MARGIN {
            (self.right(), "end", side)
        } else {
            (x, "middle", middle)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse;

    fn columns(script: &str) -> Columns {
        Columns::new(&Plan::new(&parse(script).unwrap()))
    }

    #[test]
    fn routers_stand_between_the_hosts() {
        let columns = columns("host a 10.0.1.1\nhost b 10.0.2.1\nrouter r 10.0.9.1\nrouter s 10.0.9.2\n");
        let xs: Vec<i32> = [0, 2, 3, 1].into_iter().map(|node| columns.x(node)).collect();
        assert_eq!(xs, [84, 264, 445, 626]);
        assert!(columns.rightwards(2) && !columns.rightwards(3));
        assert_eq!(columns.width, 640);
    }

    #[test]
    fn many_nodes_make_a_wider_figure() {
        let script: String = (0..16).map(|n| format!("host h{n} 10.0.0.{}\n", n + 1)).collect();
        let columns = columns(&script);
        assert_eq!(columns.width, 84 + 15 * 130 + 14);
        assert!((0..16).all(|node| columns.room(node) > 500));
    }
}

//! The programs shown in the book live in `src/bin/`, one file each.

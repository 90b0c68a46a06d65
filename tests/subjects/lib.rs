//! One folder a lab; each file is a whole program, put under the checks of its lab with `LAB_BIN`.

# `just` lists what can be done here. Every recipe is a command that also works by hand.

_:
    @just --list

# Everything: what CI runs.
test *arguments:
    ./openset test {{arguments}}

# The checks that need no other tool than Rust.
check:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    cargo test --locked --workspace
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# The rules of the house alone.
tidy:
    cargo test --locked -p openset-testkit --test tidy

# Random worlds, so many of them.
world seeds="200":
    OPENSET_SEEDS={{seeds}} cargo test --locked -p openset-testkit --test world

# The random world of one number again: a run that broke an invariant names it.
again seed:
    OPENSET_SEED={{seed}} cargo test --locked -p openset-testkit --test world

# The whole system on this machine.
demo *arguments:
    ./openset demo {{arguments}}

# Licences, banned crates and sources of everything that is built in.
deny:
    cargo deny --offline check licenses bans sources

# What the primitives cost and what a purchase costs, as a ratio.
bench *arguments:
    ./openset bench {{arguments}}

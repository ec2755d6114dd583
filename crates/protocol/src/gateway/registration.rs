//! A COLLEAGUE (name: enrol) IS WRITING THIS FILE NOW, with all of `ca/` and the three `registration.rs`. Payment builder: leave them to them; concentrate on purchase, authorization, capture.

//! What dishonest parties do: they hold their own keys and say other things with them.

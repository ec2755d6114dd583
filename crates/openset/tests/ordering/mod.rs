//! A browser at the demo's shop.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
};

/// Orders a poster as a browser would, and answers where its document is.
pub(crate) fn order(port: u16) -> String {
    let shop = format!("shop.localhost:{port}");
    let (head, form) =
        http(port, &format!("GET / HTTP/1.1\r\nHost: {shop}\r\nConnection: close\r\n\r\n"));
    let cookies: Vec<&str> = head
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next())
        .collect();
    let token = between(&form, "name=\"token\" value=\"", "\"");
    let body =
        format!("token={token}&shown=4200&quantity=1&delivery=post&name=Ada&address=Brest&email=");
    let request = format!(
        "POST /orders HTTP/1.1\r\nHost: {shop}\r\nOrigin: http://{shop}\r\nCookie: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        cookies.join("; "),
        body.len()
    );
    let (head, _) = http(port, &request);
    let order = between(&head, "location: /orders/", "/pay");
    format!("http://{shop}/orders/{order}/initiation")
}

pub(crate) fn http(port: u16, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the shop is there");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).expect("an end").0
}

//! Rust tokio: its HTTP server, hyper, on tokio's TcpListener; a task per connection, on the current-thread runtime.
use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use hyper::header::CONTENT_TYPE;
use hyper::server::conn::Http;
use hyper::service::service_fn;
use hyper::{Body, Method, Request, Response, StatusCode};
use tokio::net::TcpSocket;

const START_PAGE: &str = "<p>Hello, World! <a href=\"/0\">start</a>\n";

/// A setting from the environment, or the default if it isn't set.
fn setting<T: FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}: bad value {text:?}")),
        Err(_) => default,
    }
}

/// The body for a path, or None for a page that does not exist (404).
fn page(path: &str) -> Option<String> {
    if path == "/" {
        return Some(START_PAGE.to_string());
    }
    let digits = path.strip_prefix('/')?;
    if digits.len() > 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    // A linear congruential generator of full period: the links visit all 2^32 pages.
    let link = number.wrapping_mul(1664525).wrapping_add(1013904223);
    Some(format!("<a href=\"/{link}\">{link}</a>\n"))
}

/// Logs a client's address in one write: formatting straight to stderr would take several.
fn log(client: IpAddr) {
    let _ = std::io::stderr().write_all(format!("{client}\n").as_bytes());
}

async fn answer(client: IpAddr, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    log(client);
    let body = match *request.method() {
        Method::GET => page(request.uri().path()),
        _ => None,
    };
    Ok(match body {
        Some(body) => Response::builder().header(CONTENT_TYPE, "text/html").body(body.into()).unwrap(),
        None => Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap(),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let host = setting("BENCH_HOST", IpAddr::from([127, 0, 0, 1]));
    let address = SocketAddr::new(host, setting("BENCH_PORT", 8080));
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(setting("BENCH_BACKLOG", 128))?;
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                let service = service_fn(move |request| answer(client.ip(), request));
                // A client that resets its connection, or sends no HTTP, does not concern the server.
                tokio::spawn(async move { Http::new().serve_connection(stream, service).await });
            }
            // Out of descriptors, for example: let the other tasks close some.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

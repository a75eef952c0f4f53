//! The socket: accepts, reads each request whole, asks the faults and the routes, and replies.

use super::fault::{self, Trouble};
use super::request::{Logged, Reply, Request, query_of};
use super::state::State;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use tokio::net::UnixListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Listens, and serves on a thread of its own until the other end of `stopped` is gone.
pub(super) fn serve(
    socket: &Path,
    state: Arc<Mutex<State>>,
    stopped: oneshot::Receiver<()>,
) -> io::Result<JoinHandle<()>> {
    let listener = std::os::unix::net::UnixListener::bind(socket)?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("github-stand-in".to_owned()).spawn(move || {
        runtime.block_on(async {
            if let Ok(listener) = UnixListener::from_std(listener) {
                tokio::select! {
                    () = accept(listener, state) => {}
                    _ = stopped => {}
                }
            }
        });
    })
}

async fn accept(listener: UnixListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let state = Arc::clone(&state);
                connections.spawn(async move {
                    let service = service_fn(|request| answer(request, Arc::clone(&state)));
                    let connection = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service);
                    // A connection that breaks is what half of the faults are.
                    connection.await.ok();
                });
            }
            Some(_) = connections.join_next() => {}
            else => return,
        }
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<hyper::Response<Payload>, io::Error> {
    let request = read(request).await?;
    let (trouble, reply) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.log.push(Logged::from(&request));
        let trouble = fault::take(&mut state.faults, &request);
        let reply = match &trouble {
            None | Some(Trouble::Lost | Trouble::Delayed(_)) => Some(state.carry_out(&request)),
            Some(Trouble::Stale(writes)) => Some(state.carry_out_as_it_was(&request, *writes)),
            Some(Trouble::WrongDigest) => Some(fault::with_wrong_digests(state.carry_out(&request))),
            Some(Trouble::Reply(_) | Trouble::Dropped | Trouble::Cut(_)) => None,
        };
        (trouble, reply)
    };
    match trouble {
        Some(Trouble::Dropped | Trouble::Lost) => return Err(io::ErrorKind::ConnectionReset.into()),
        Some(Trouble::Cut(bytes)) => return whole(cut(bytes)),
        Some(Trouble::Reply(reply)) => return whole(of_reply(&reply)),
        Some(Trouble::Delayed(time)) => tokio::time::sleep(time).await,
        Some(Trouble::Stale(_) | Trouble::WrongDigest) | None => {}
    }
    whole(of_reply(&reply.unwrap_or_else(Reply::not_found)))
}

async fn read(request: hyper::Request<Incoming>) -> Result<Request, io::Error> {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    Ok(Request {
        method: head.method.as_str().to_owned(),
        host: header(HOST).unwrap_or_default(),
        path: head.uri.path().to_owned(),
        query: query_of(head.uri.query().unwrap_or_default()),
        authorization: header(AUTHORIZATION),
        accept: header(ACCEPT),
        content_type: header(CONTENT_TYPE),
        body,
    })
}

fn whole(
    response: Result<hyper::Response<Payload>, hyper::http::Error>,
) -> Result<hyper::Response<Payload>, io::Error> {
    response.map_err(io::Error::other)
}

fn of_reply(reply: &Reply) -> Result<hyper::Response<Payload>, hyper::http::Error> {
    let mut response = hyper::Response::builder()
        .status(reply.status)
        .header(CONTENT_TYPE, &reply.content_type)
        .header(CONTENT_LENGTH, reply.body.len());
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(Payload { bytes: Some(reply.body.clone().into()), is_cut: false, is_flushed: false })
}

fn cut(bytes: Vec<u8>) -> Result<hyper::Response<Payload>, hyper::http::Error> {
    hyper::Response::builder()
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(CONTENT_LENGTH, bytes.len() + 1000)
        .body(Payload { bytes: Some(bytes.into()), is_cut: true, is_flushed: false })
}

/// A body that ends as it should, or breaks off after its bytes were sent.
struct Payload {
    bytes: Option<Bytes>,
    is_cut: bool,
    is_flushed: bool,
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.is_cut {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            // One turn for the connection to send what it holds, before the error takes it down.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.bytes {
            Some(bytes) if !self.is_cut => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}

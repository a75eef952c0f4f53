//! The server of every stand-in: accepts on a socket or on loopback, reads each request whole, and replies as told.
//! Invariant: it listens before it is handed out, and its thread and its connections end when it is dropped.

use super::request::{ReceivedRequest, Reply, query_of};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::ext::ReasonPhrase;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// What a request comes to.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A reply.
    Reply(Reply),
    /// The connection is closed without one.
    Closed,
    /// A reply that announces more than these bytes.
    Cut(Vec<u8>),
}

/// Who answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// Answers one request.
    fn answer(&self, request: ReceivedRequest) -> impl Future<Output = Answer> + Send;
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a unix socket.
    pub(crate) fn on_socket(socket: &Path, name: &str, service: Arc<impl Service>) -> io::Result<Self> {
        let listener = std::os::unix::net::UnixListener::bind(socket)?;
        listener.set_nonblocking(true)?;
        Self::start(name, async move |stopped| {
            let Ok(listener) = UnixListener::from_std(listener) else { return };
            let accept = async || listener.accept().await.map(|(stream, _)| stream);
            serve(accept, service, stopped).await;
        })
    }

    /// Listens on a free port of loopback, and gives the address.
    pub(crate) fn on_loopback(name: &str, service: Arc<impl Service>) -> io::Result<(Self, SocketAddr)> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let server = Self::start(name, async move |stopped| {
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            let accept = async || listener.accept().await.map(|(stream, _)| stream);
            serve(accept, service, stopped).await;
        })?;
        Ok((server, address))
    }

    fn start(name: &str, work: impl AsyncFnOnce(oneshot::Receiver<()>) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runtime.block_on(work(stopped)))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended too.
            thread.join().ok();
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    accept: impl AsyncFn() -> io::Result<S>,
    service: Arc<impl Service>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok(stream) = accept() => {
                let service = Arc::clone(&service);
                connections.spawn(async move {
                    let service = service_fn(|request| answer(request, Arc::clone(&service)));
                    let connection = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service);
                    // A connection that breaks is what half of the faults are.
                    connection.await.ok();
                });
            }
            Some(_) = connections.join_next() => {}
            _ = &mut stopped => return,
            else => return,
        }
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    service: Arc<impl Service>,
) -> Result<hyper::Response<Payload>, io::Error> {
    let request = read(request).await?;
    let response = match service.answer(request).await {
        Answer::Reply(reply) => of_reply(&reply),
        Answer::Closed => return Err(io::ErrorKind::ConnectionReset.into()),
        Answer::Cut(bytes) => cut(bytes),
    };
    response.map_err(io::Error::other)
}

async fn read(request: hyper::Request<Incoming>) -> Result<ReceivedRequest, io::Error> {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    Ok(ReceivedRequest {
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

fn of_reply(reply: &Reply) -> Result<hyper::Response<Payload>, hyper::http::Error> {
    let mut response = hyper::Response::builder()
        .status(reply.status)
        .header(CONTENT_TYPE, &reply.content_type)
        .header(CONTENT_LENGTH, reply.body.len());
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let payload = Payload { bytes: Some(reply.body.clone().into()), is_cut: false, is_flushed: false };
    let mut response = response.body(payload)?;
    if let Some(reason) = reply.reason {
        response.extensions_mut().insert(ReasonPhrase::from_static(reason.as_bytes()));
    }
    Ok(response)
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

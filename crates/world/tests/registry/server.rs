//! A server on loopback that answers as it is told, also as no server should.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, UnixListener};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{self, ServerConfig};

/// An answer, or what comes in place of one.
#[derive(Clone)]
pub enum Answer {
    /// A status, headers and a whole body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The same with status 200, and nothing that says where the body ends.
    Unframed(Vec<(&'static str, String)>, Vec<u8>),
    /// The same, with fewer bytes than announced.
    CutOff(Vec<u8>),
    /// One byte now and then, of many announced.
    Drip,
    /// All of it, in pieces over some two seconds.
    Slowly(Vec<u8>),
    /// Bytes without end.
    Endless,
    /// The connection ends without a word.
    Hangup,
}

impl Answer {
    pub fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(200, vec![("content-type", content_type.to_owned())], body.into())
    }

    pub fn status(status: u16) -> Self {
        Self::Whole(status, Vec::new(), Vec::new())
    }

    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Whole(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

type Routes = Arc<Mutex<HashMap<String, Vec<Answer>>>>;

/// The server. It ends with the runtime of its test.
#[derive(Clone)]
pub struct Server {
    pub base: String,
    routes: Routes,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { base, routes: Routes::default(), asked: Arc::default() };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = own.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// The same server on a socket.
    pub fn on_socket(&self, path: &Path) {
        let listener = UnixListener::bind(path).unwrap();
        let own = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = own.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
    }

    /// The same server behind a certificate that nobody vouches for. Gives its address.
    pub async fn self_signed(&self) -> String {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config =
            config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let own = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, acceptor) = (own.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        server.serve(stream).await;
                    }
                });
            }
        });
        base
    }

    /// What a path is answered with: one after the other, the last one for good.
    pub fn route(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let mut answers: Vec<Answer> = answers.into_iter().collect();
        answers.reverse();
        self.routes.lock().unwrap().insert(path.to_owned(), answers);
    }

    /// Requests so far: method, path and, where there was one, the entity tag or the date that was asked about.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, path: &str) -> Answer {
        let mut routes = self.routes.lock().unwrap();
        match routes.get_mut(path) {
            None => Answer::status(404),
            Some(answers) if answers.len() > 1 => answers.pop().unwrap(),
            Some(answers) => answers[0].clone(),
        }
    }

    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        if stream.read_line(&mut line).await.is_err() {
            return;
        }
        let mut words = line.split_ascii_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
        let (method, path) = (method.to_owned(), path.to_owned());
        let mut condition = String::new();
        loop {
            let mut header = String::new();
            if stream.read_line(&mut header).await.is_err() || header.trim().is_empty() {
                break;
            }
            match header.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim())) {
                Some((name, value)) if name == "if-none-match" => condition += &format!(" {value}"),
                Some((name, value)) if name == "if-modified-since" => {
                    condition += &format!(" since {value}");
                }
                _ => {}
            }
        }
        self.asked.lock().unwrap().push(format!("{method} {path}{condition}"));
        // Whoever asked may have gone: that is the point of some of these.
        write(&mut stream, self.answer(&path), method == "HEAD").await.ok();
        stream.shutdown().await.ok();
    }
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), answer: Answer, is_head: bool) -> std::io::Result<()> {
    match answer {
        Answer::Whole(status, headers, body) => {
            let mut head =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                head += &format!("{name}: {value}\r\n");
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await?;
            if !is_head {
                stream.write_all(&body).await?;
            }
        }
        Answer::Unframed(headers, body) => {
            let mut head = "HTTP/1.1 200 OK\r\nconnection: close\r\n".to_owned();
            for (name, value) in headers {
                head += &format!("{name}: {value}\r\n");
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Answer::CutOff(body) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len() + 100);
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Answer::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await?;
            for _ in 0..200 {
                stream.write_all(b" ").await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Answer::Slowly(body) => {
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await?;
            for piece in body.chunks(body.len().div_ceil(20).max(1)) {
                stream.write_all(piece).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
            for _ in 0..10_000 {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
        Answer::Hangup => {}
    }
    stream.flush().await
}

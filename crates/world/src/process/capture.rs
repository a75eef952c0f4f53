//! What a child prints: kept up to a limit, or written to a file.
//!
//! Invariant: a pipe that breaks is not taken for one that ends.

use super::{OutputFile, ProcessError, Stream};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncReadExt};

/// A stream that is read to its end.
pub(super) struct Capture<R> {
    pipe: Option<R>,
    limit: usize,
    pub(super) file: Option<Sink>,
    pub(super) stream: Stream,
    pub(super) broken: Option<std::io::Error>,
}

impl<R: AsyncRead + Unpin> Capture<R> {
    /// A pipe, of which the first bytes are kept.
    pub(super) fn new(pipe: Option<R>, limit: usize) -> Self {
        Self { pipe, limit, file: None, stream: Stream::default(), broken: None }
    }

    /// The same with its bytes going to a file.
    pub(super) fn into_file(self, file: Option<Sink>) -> Self {
        Self { file, ..self }
    }

    /// Reads it to its end.
    pub(super) async fn drain(&mut self) {
        // The pipe is closed at the end: a process with more to say than there is room for need not go on.
        let Some(mut pipe) = self.pipe.take() else { return };
        let mut chunk = vec![0; 16 << 10];
        loop {
            let count = match pipe.read(&mut chunk).await {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) => return self.broken = Some(error),
            };
            self.stream.total += count as u64;
            match &mut self.file {
                None => {
                    let room = self.limit.saturating_sub(self.stream.bytes.len()).min(count);
                    self.stream.bytes.extend_from_slice(&chunk[..room]);
                }
                Some(file) => {
                    self.stream.filed += file.take(&chunk[..count]);
                    if self.stream.is_cut() {
                        return;
                    }
                }
            }
        }
    }
}

/// The file that an output goes to.
pub(super) struct Sink {
    file: File,
    pub(super) path: PathBuf,
    room: u64,
    pub(super) broken: Option<std::io::Error>,
}

impl Sink {
    pub(super) fn create(output: &OutputFile) -> Result<Self, ProcessError> {
        let path = output.path.clone();
        match File::create_new(&path) {
            Ok(file) => Ok(Self { file, path, room: output.limit, broken: None }),
            Err(source) => Err(ProcessError::Store { path, source }),
        }
    }

    /// Writes what there is room for, and says how much that is.
    fn take(&mut self, bytes: &[u8]) -> u64 {
        let count = usize::try_from(self.room).unwrap_or(usize::MAX).min(bytes.len());
        if let Err(error) = self.file.write_all(&bytes[..count]) {
            self.broken = Some(error);
            return 0;
        }
        self.room -= count as u64;
        count as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll};
    use tokio::io::ReadBuf;

    /// A pipe that breaks at once.
    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(
            self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            Poll::Ready(Err(std::io::Error::from_raw_os_error(5)))
        }
    }

    #[tokio::test]
    async fn a_pipe_that_breaks_is_not_taken_for_one_that_ends() {
        let mut ended = Capture::new(Some(&b"half"[..]), 100);
        ended.drain().await;
        assert_eq!((ended.stream.bytes.as_slice(), ended.broken.is_none()), (&b"half"[..], true));
        let mut broken = Capture::new(Some(b"half".chain(Broken)), 100);
        broken.drain().await;
        assert_eq!(broken.stream.bytes, b"half");
        assert!(broken.broken.is_some());
    }
}

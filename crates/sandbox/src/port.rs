//! A port of loopback that is nobody's: whoever connects is refused, and who asks for a free port is given another.
//!
//! Invariant: a connection of its own stands on it for as long as it is kept, which is what keeps it from being given out.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// A port that is kept. Whoever knows its number may listen on it, as a server does that is started again while its old
/// clients are still connected; when that one has gone, connecting is refused again.
#[derive(Debug)]
pub struct KeptPort {
    number: u16,
    _ends: [TcpStream; 2],
}

impl KeptPort {
    /// Keeps a free one.
    pub fn new() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let asking = TcpStream::connect(address)?;
        let own = asking.local_addr()?;
        let answering = loop {
            let (stream, from) = listener.accept()?;
            // Somebody who took it for another server is sent away.
            if from == own {
                break stream;
            }
        };
        drop(listener);
        // A child that another thread is just starting has the listener open too, until it runs its own program.
        while TcpStream::connect(address).is_ok() {
            std::thread::yield_now();
        }
        Ok(Self { number: address.port(), _ends: [asking, answering] })
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connects(port: &KeptPort) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port.number())).is_ok()
    }

    #[test]
    fn who_connects_is_refused_before_and_after_a_server_that_knows_the_number() {
        let port = KeptPort::new().unwrap();
        assert!(!connects(&port));
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        assert!(connects(&port));
        drop(server);
        assert!(!connects(&port));
    }

    #[test]
    fn a_connection_of_its_own_stands_on_it() {
        // Local and remote address, and state (01: established): fields 2 to 4 of proc_net_tcp(5).
        let ends = |number: u16| {
            let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
            let on_it = format!("0100007F:{number:04X}");
            let fields = connections.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            fields.filter(|fields| fields[1..3].contains(&on_it.as_str()) && fields[3] == "01").count()
        };
        let port = KeptPort::new().unwrap();
        // The kernel lists a table that others change meanwhile, and may leave a line out.
        let seen: Vec<usize> = (0..100).map(|_| ends(port.number())).take_while(|ends| *ends != 2).collect();
        assert!(seen.len() < 100, "{seen:?}");
    }
}

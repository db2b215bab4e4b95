//! Many packets by one call of the kernel, with the kernel's stamp of their receipt (recvmmsg(2), sendmmsg(2)).
//!
//! std has neither. A batch owns all that its headers point to, and is never moved apart from it.

use std::{
    io,
    net::{SocketAddr, SocketAddrV4, UdpSocket},
    os::fd::AsRawFd,
    time::Duration,
};

/// Packets of one batch.
pub(super) const PACKETS: usize = 64;

/// Bytes of one packet.
pub(super) const BYTES: usize = 256;

/// Room for one control message with a stamp.
const CONTROL: usize = 64;

pub(super) struct Batch {
    headers: Vec<libc::mmsghdr>,
    vectors: Box<[libc::iovec]>,
    addresses: Box<[libc::sockaddr_in]>,
    packets: Box<[[u8; BYTES]]>,
    // Aligned as control messages must be.
    controls: Box<[[u64; CONTROL / 8]]>,
}

impl Batch {
    pub(super) fn new() -> Batch {
        // SAFETY: these are plain numbers and pointers, for which zeroes are values.
        let (header, vector, address) = unsafe { std::mem::zeroed() };
        let mut batch = Batch {
            headers: vec![header; PACKETS],
            vectors: vec![vector; PACKETS].into(),
            addresses: vec![address; PACKETS].into(),
            packets: vec![[0; BYTES]; PACKETS].into(),
            controls: vec![[0; CONTROL / 8]; PACKETS].into(),
        };
        for n in 0..PACKETS {
            batch.vectors[n].iov_base = batch.packets[n].as_mut_ptr().cast();
            let header = &mut batch.headers[n].msg_hdr;
            header.msg_iov = &raw mut batch.vectors[n];
            header.msg_iovlen = 1;
            header.msg_name = (&raw mut batch.addresses[n]).cast();
            header.msg_namelen = size_of::<libc::sockaddr_in>() as u32;
        }
        batch
    }

    /// The packet at this place, to be written.
    pub(super) fn packet(&mut self, n: usize) -> &mut [u8; BYTES] {
        &mut self.packets[n]
    }

    /// The packet at this place has this length and goes there.
    pub(super) fn address(&mut self, n: usize, length: usize, to: SocketAddrV4) {
        self.vectors[n].iov_len = length.min(BYTES);
        let address = &mut self.addresses[n];
        address.sin_family = libc::AF_INET as u16;
        address.sin_port = to.port().to_be();
        address.sin_addr.s_addr = u32::from(*to.ip()).to_be();
    }

    /// Sends the first so many; gives how many the kernel took.
    pub(super) fn send(&mut self, socket: &UdpSocket, many: usize) -> usize {
        let mut sent = 0;
        while sent < many.min(PACKETS) {
            let (first, rest) = (&raw mut self.headers[sent], (many - sent) as u32);
            // SAFETY: the headers from here on point to packets and addresses that live in this batch.
            let taken = unsafe { libc::sendmmsg(socket.as_raw_fd(), first, rest, 0) };
            if taken <= 0 {
                break;
            }
            sent += taken as usize;
        }
        sent
    }

    /// Takes what is there and does not wait; gives how many came.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> usize {
        for n in 0..PACKETS {
            self.vectors[n].iov_len = BYTES;
            let header = &mut self.headers[n].msg_hdr;
            header.msg_control = self.controls[n].as_mut_ptr().cast();
            header.msg_controllen = CONTROL as _;
        }
        let (first, flags) = (self.headers.as_mut_ptr(), libc::MSG_DONTWAIT);
        let nothing = std::ptr::null_mut();
        // SAFETY: every header points to a packet, an address and room for a control message of this batch.
        let came =
            unsafe { libc::recvmmsg(socket.as_raw_fd(), first, PACKETS as u32, flags, nothing) };
        usize::try_from(came).unwrap_or(0)
    }

    /// What came at this place, and when, since 1970.
    pub(super) fn came(&self, n: usize) -> (&[u8], Duration) {
        let length = (self.headers[n].msg_len as usize).min(BYTES);
        let words = &self.controls[n];
        // A control message is its head of 16 bytes and then a timespec of two words.
        let stamp = Duration::new(words[2], (words[3] % 1_000_000_000) as u32);
        (&self.packets[n][..length], stamp)
    }
}

/// A socket of the generator: large buffers, and the kernel stamps what comes.
pub(super) fn socket() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_nonblocking(true)?;
    for (option, forced, size) in [
        (libc::SO_RCVBUF, libc::SO_RCVBUFFORCE, 32 << 20),
        (libc::SO_SNDBUF, libc::SO_SNDBUFFORCE, 8 << 20),
    ] {
        // Beyond the machine's bound only root may go.
        if set(&socket, forced, size).is_err() {
            set(&socket, option, size)?;
        }
    }
    set(&socket, libc::SO_TIMESTAMPNS, 1)?;
    Ok(socket)
}

fn set(socket: &UdpSocket, option: i32, value: i32) -> io::Result<()> {
    let (pointer, size) = ((&raw const value).cast(), size_of::<i32>() as u32);
    // SAFETY: the option's value is an int, as socket(7) has it for all of these.
    let set =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, pointer, size) };
    if set == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The address, if it is of IPv4: all of this goes to the loopback.
pub(super) fn of_four(address: SocketAddr) -> SocketAddrV4 {
    match address {
        SocketAddr::V4(four) => four,
        SocketAddr::V6(_) => SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, address.port()),
    }
}

/// From now on this thread's sleeps end when they are over, and not up to 50 µs later.
pub(super) fn sleep_exactly() {
    // SAFETY: this option takes a number.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_u64) };
}

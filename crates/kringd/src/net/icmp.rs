//! What the network says of datagrams that did not arrive (ICMP): a phone that is off is found at
//! once, and not by silence.
//!
//! The kernel keeps these words in the socket's error queue (ip(7), IP_RECVERR) and hands the
//! datagram's destination back with them. Only the kernel's check stands between us and a forger,
//! so nothing but "unreachable" is believed.

use socket2::{SockAddr, Socket};
use std::{
    io,
    net::SocketAddr,
    os::fd::{AsRawFd, RawFd},
};

/// Asks the kernel to keep them.
pub(super) fn ask(socket: &Socket, of: SocketAddr) -> io::Result<()> {
    let (level, name) = if of.is_ipv4() {
        (libc::IPPROTO_IP, libc::IP_RECVERR)
    } else {
        (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
    };
    let on: libc::c_int = 1;
    let length = size_of_val(&on) as libc::socklen_t;
    // SAFETY: the value is an int that outlives the call, and the length is that of an int.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            (&raw const on).cast(),
            length,
        )
    };
    if set == 0 {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// The next word of the queue: a destination that cannot be reached, or `None` for something else.
/// `WouldBlock` when the queue is empty.
pub(super) fn next(socket: &impl AsRawFd) -> io::Result<Option<SocketAddr>> {
    let fd = socket.as_raw_fd();
    // SAFETY: `receive` writes at most as much as `length` says, and sets it to what it wrote;
    // socket2 hands us a pointer to it that is valid and its only one.
    let told = unsafe { SockAddr::try_init(|name, length| receive(fd, name.cast(), &mut *length)) };
    let (unreachable, to) = told?;
    Ok(to.as_socket().filter(|_| unreachable))
}

/// Takes one word; the destination goes to `name`. Whether it says "unreachable".
fn receive(fd: RawFd, name: *mut libc::c_void, length: &mut libc::socklen_t) -> io::Result<bool> {
    // Words, so that it is aligned for control messages.
    let mut control = [0_u64; 64];
    let mut payload = [0_u8; 1];
    let mut part = libc::iovec {
        iov_base: payload.as_mut_ptr().cast(),
        iov_len: payload.len(),
    };
    // SAFETY: msghdr is plain numbers and pointers, for which zero is a value.
    let mut head: libc::msghdr = unsafe { std::mem::zeroed() };
    head.msg_name = name;
    head.msg_namelen = *length;
    head.msg_iov = &raw mut part;
    head.msg_iovlen = 1;
    head.msg_control = control.as_mut_ptr().cast();
    head.msg_controllen = size_of_val(&control) as _;
    let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
    // SAFETY: every pointer of `head` is to memory of the length that stands beside it.
    let count = unsafe { libc::recvmsg(fd, &raw mut head, flags) };
    if count < 0 {
        return Err(io::Error::last_os_error());
    }
    *length = head.msg_namelen;
    Ok(says_unreachable(&head))
}

fn says_unreachable(head: &libc::msghdr) -> bool {
    // SAFETY: the kernel has filled `head`; the macros walk within its control buffer.
    let mut at = unsafe { libc::CMSG_FIRSTHDR(head) };
    while !at.is_null() {
        // SAFETY: it is not null, so it is a whole header in the buffer.
        let control = unsafe { *at };
        let is_error = matches!(
            (control.cmsg_level, control.cmsg_type),
            (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
        );
        if is_error {
            // SAFETY: a control message of this kind begins with a sock_extended_err, unaligned.
            let error = unsafe {
                libc::CMSG_DATA(at)
                    .cast::<libc::sock_extended_err>()
                    .read_unaligned()
            };
            return matches!(
                error.ee_errno as i32,
                libc::ECONNREFUSED | libc::EHOSTUNREACH | libc::ENETUNREACH | libc::EHOSTDOWN
            );
        }
        // SAFETY: as above.
        at = unsafe { libc::CMSG_NXTHDR(head, at) };
    }
    false
}

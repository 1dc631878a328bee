namespace QueryStream.Wire;

/// <summary>
/// The sending side of a connection between two processes. Messages arrive in order, each at most once, and none after a lost one. The loss of a
/// connection is reported to the receivers at both ends, not to the sender. A new connection is a new link. Safe on any thread.
/// </summary>
/// <typeparam name="TMessage">The messages that the other side accepts; data only.</typeparam>
public interface ILink<in TMessage>
{
    /// <summary>Sends a message; never blocks. Does nothing if the connection is lost.</summary>
    void Send(TMessage message);

    /// <summary>Closes the connection. Does nothing if it is lost already.</summary>
    void Close();
}

namespace QueryStream.Wire;

/// <summary>
/// The sending half of one connection between two processes. Messages arrive in order, each at most once, and none after one
/// that was lost; that a connection is gone is told to the receivers of both ends, not to the sender. A new connection is a new link.
/// Safe on any thread.
/// </summary>
/// <typeparam name="TMessage">What the other side understands; data only.</typeparam>
public interface ILink<in TMessage>
{
    /// <summary>Sends a message; never blocks. On a connection that is gone it does nothing.</summary>
    void Send(TMessage message);

    /// <summary>Ends the connection. Harmless when it is gone already.</summary>
    void Close();
}

using QueryStream.Wire;

namespace QueryStream.Testing.Rest;

/// <summary>One direction of a connection within the process.</summary>
/// <param name="deliver">Receives the messages.</param>
internal sealed class InMemoryLink<TMessage>(Action<TMessage> deliver) : ILink<TMessage>
{
    public void Send(TMessage message) => deliver(message);

    public void Close()
    {
        // Nothing breaks here.
    }
}

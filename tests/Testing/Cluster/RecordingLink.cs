using QueryStream.Wire;

namespace QueryStream.Testing.Cluster;

/// <summary>A connection that records the messages sent on it. Used by one thread.</summary>
public sealed class RecordingLink<TMessage> : ILink<TMessage>
{
    /// <summary>The messages so far.</summary>
    public List<TMessage> Sent { get; } = [];

    /// <summary>Whether the sender has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <inheritdoc/>
    public void Send(TMessage message) => Sent.Add(message);

    /// <inheritdoc/>
    public void Close() => IsClosed = true;
}

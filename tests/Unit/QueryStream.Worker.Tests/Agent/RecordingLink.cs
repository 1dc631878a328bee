using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>A connection to a coordinator that only remembers what it was told.</summary>
internal sealed class RecordingLink : ILink<CoordinatorMessage>
{
    public List<CoordinatorMessage> Sent { get; } = [];

    public bool IsClosed { get; private set; }

    public void Send(CoordinatorMessage message) => Sent.Add(message);

    public void Close() => IsClosed = true;
}

using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>A connection to a worker that only remembers what it was told.</summary>
internal sealed class RecordingLink : ILink<WorkerMessage>
{
    public List<WorkerMessage> Sent { get; } = [];

    public bool IsClosed { get; private set; }

    public void Send(WorkerMessage message) => Sent.Add(message);

    public void Close() => IsClosed = true;
}

using QueryStream.Coordinator;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>A connection between a worker and the coordinator of this process: messages go from mailbox to mailbox.</summary>
internal sealed class InMemoryConnection
{
    private readonly CoordinatorNode _coordinator;
    private readonly WorkerNode _worker;
    private readonly ToCoordinator _toCoordinator;
    private readonly ToWorker _toWorker;

    // Both ends may close concurrently; the one that changes it from 0 to 1 reports the loss to both.
    private int _closed;

    private InMemoryConnection(CoordinatorNode coordinator, WorkerNode worker)
    {
        _coordinator = coordinator;
        _worker = worker;
        _toCoordinator = new ToCoordinator(this);
        _toWorker = new ToWorker(this);
    }

    private bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Connects the two; the worker registers.</summary>
    public static void Open(CoordinatorNode coordinator, WorkerNode worker)
    {
        InMemoryConnection connection = new(coordinator, worker);
        worker.Connected(connection._toCoordinator);
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _coordinator.Disconnected(_toWorker);
            _worker.Disconnected(_toCoordinator);
        }
    }

    private sealed class ToCoordinator(InMemoryConnection connection) : ILink<CoordinatorMessage>
    {
        public void Send(CoordinatorMessage message)
        {
            if (!connection.IsClosed)
            {
                connection._coordinator.Receive(connection._toWorker, message);
            }
        }

        public void Close() => connection.Close();
    }

    private sealed class ToWorker(InMemoryConnection connection) : ILink<WorkerMessage>
    {
        public void Send(WorkerMessage message)
        {
            if (!connection.IsClosed)
            {
                connection._worker.Receive(connection._toCoordinator, message);
            }
        }

        public void Close() => connection.Close();
    }
}

using QueryStream.Wire;

namespace QueryStream.Testing.Cluster;

/// <summary>One direction of a simulated connection: messages keep their order, and each takes a time that chance decides.</summary>
/// <typeparam name="TMessage">What travels.</typeparam>
/// <param name="time">The simulation's clock.</param>
/// <param name="delay">Draws how long a message takes.</param>
/// <param name="deliver">Takes a message at the other end.</param>
/// <param name="closed">Called when a sender closes the connection.</param>
/// <param name="sent">Called for each message that is sent.</param>
internal sealed class SimulatedLink<TMessage>(
    TimeProvider time, Func<TimeSpan> delay, Action<TMessage> deliver, Action closed, Action<TMessage>? sent = null) : ILink<TMessage>
{
    private readonly Queue<TMessage> _underWay = new();
    private DateTimeOffset _lastDue;

    /// <summary>Whether what is sent, or is under way, is lost.</summary>
    public bool IsCut { get; set; }

    public void Send(TMessage message)
    {
        if (IsCut)
        {
            return;
        }

        sent?.Invoke(message);
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset due = now + delay();
        _lastDue = due > _lastDue ? due : _lastDue;
        _underWay.Enqueue(message);

        // Timers of equal times fire in the order of their creation, so the head of the queue is always the one that is due.
        time.CreateTimer(_ => Arrive(), null, _lastDue - now, Timeout.InfiniteTimeSpan);
    }

    public void Close() => closed();

    private void Arrive()
    {
        TMessage message = _underWay.Dequeue();
        if (!IsCut)
        {
            deliver(message);
        }
    }
}

using QueryStream.Wire;

namespace QueryStream.Testing.Cluster;

/// <summary>One direction of a simulated connection. Messages keep their order and have random delays.</summary>
/// <typeparam name="TMessage">The messages.</typeparam>
/// <param name="time">The simulation's clock.</param>
/// <param name="delay">Draws the delay of a message.</param>
/// <param name="deliver">Receives a message at the other end.</param>
/// <param name="closed">Called when a sender closes the connection, and after a loss.</param>
/// <param name="transmit">Turns a message that is sent into the one that arrives; null: it arrives as it is.</param>
internal sealed class SimulatedLink<TMessage>(
    TimeProvider time, Func<TimeSpan> delay, Action<TMessage> deliver, Action closed, Func<TMessage, TMessage>? transmit = null) : ILink<TMessage>
{
    private readonly Queue<TMessage> _underWay = new();
    private DateTimeOffset _lastDue;
    private bool _losesNext;

    /// <summary>Whether messages in flight and further messages are lost.</summary>
    public bool IsCut { get; set; }

    public void Send(TMessage message)
    {
        if (IsCut)
        {
            return;
        }

        if (_losesNext)
        {
            IsCut = true;
            time.CreateTimer(_ => closed(), null, delay(), Timeout.InfiniteTimeSpan);
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset due = now + delay();
        _lastDue = due > _lastDue ? due : _lastDue;
        _underWay.Enqueue(transmit is null ? message : transmit(message));

        // Timers with equal times fire in the order of creation, so the head of the queue is the due message.
        time.CreateTimer(_ => Arrive(), null, _lastDue - now, Timeout.InfiniteTimeSpan);
    }

    public void Close() => closed();

    /// <summary>Loses the next message and all that follow. The connection is closed after a delay.</summary>
    public void LoseNext() => _losesNext = true;

    private void Arrive()
    {
        TMessage message = _underWay.Dequeue();
        if (!IsCut)
        {
            deliver(message);
        }
    }
}

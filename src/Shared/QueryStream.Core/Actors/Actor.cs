namespace QueryStream.Core.Actors;

/// <summary>
/// A part of the cluster with state of its own: one mailbox, one message at a time, nothing shared, no locks and no <c>await</c>.
/// A turn is: <see cref="OnStart"/> once, then some messages, then <see cref="Work"/>. Turns of one actor never overlap and
/// see each other's writes, but may run on different threads. A turn takes about a millisecond at most.
/// </summary>
/// <typeparam name="TMessage">What it understands; a closed set of records, or a struct where messages are frequent.</typeparam>
public abstract class Actor<TMessage>
{
    private ActorCell<TMessage>? _cell;

    /// <summary>The actor's link to its executor; only valid in turns.</summary>
    /// <exception cref="InvalidOperationException">The actor has not been started.</exception>
    protected ActorCell<TMessage> Context => _cell ?? throw new InvalidOperationException($"{GetType().Name} has not been started.");

    internal void Attach(ActorCell<TMessage> cell) => _cell = cell;

    /// <summary>Called once, in the first turn, before any message.</summary>
    protected internal virtual void OnStart()
    {
    }

    /// <summary>Handles one message. What it throws goes to <see cref="OnFault"/>.</summary>
    protected internal abstract void Receive(in TMessage message);

    /// <summary>Called at the end of each turn, for work that is done in portions between messages.</summary>
    /// <returns>True if there is more to do now; the next turn then comes without a message. After it threw, only a message brings one.</returns>
    protected internal virtual bool Work() => false;

    /// <summary>Called once, in the last turn, after <see cref="ActorCell{TMessage}.Stop"/>; no message comes after it.</summary>
    protected internal virtual void OnStop()
    {
    }

    /// <summary>Called for each message that arrives after the stop, so that what it owns can be given back.</summary>
    protected internal virtual void OnDropped(in TMessage message)
    {
    }

    /// <summary>Called when a turn threw. Must change somebody's state: report the failure, or stop.</summary>
    protected internal abstract void OnFault(Exception exception);
}

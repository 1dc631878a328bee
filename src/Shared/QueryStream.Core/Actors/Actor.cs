namespace QueryStream.Core.Actors;

/// <summary>
/// A part of the cluster that owns its state: it has one mailbox, processes one message at a time, shares nothing, and uses no locks and no
/// <c>await</c>. A turn calls <see cref="OnStart"/> (the first time only), then <see cref="Receive"/> for some messages, then <see cref="Work"/>.
/// Turns of one actor never overlap and see each other's writes, but may run on different threads. A turn should take at most about a millisecond.
/// </summary>
/// <typeparam name="TMessage">The messages it accepts: a closed set of records, or a struct if messages are frequent.</typeparam>
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

    /// <summary>Handles one message. Exceptions go to <see cref="OnFault"/>.</summary>
    protected internal abstract void Receive(in TMessage message);

    /// <summary>Called at the end of each turn, for long work that is split into portions between messages.</summary>
    /// <returns>True if there is more to do now: another turn then follows without a message. After an exception, the next turn waits for a
    /// message.</returns>
    protected internal virtual bool Work() => false;

    /// <summary>Called once, in the last turn, after <see cref="ActorCell{TMessage}.Stop"/>. No message is handled after it.</summary>
    protected internal virtual void OnStop()
    {
    }

    /// <summary>Called for each message that arrives after the stop, to release what the message owns.</summary>
    protected internal virtual void OnDropped(in TMessage message)
    {
    }

    /// <summary>Called when a turn threw. Must have an effect: report the failure, or stop.</summary>
    protected internal abstract void OnFault(Exception exception);
}

/// <summary>The address of an actor, which is all that other code sees of it. Safe on any thread.</summary>
/// <typeparam name="TMessage">The messages it accepts.</typeparam>
public abstract class ActorRef<TMessage>
{
    /// <summary>Its name in logs.</summary>
    public abstract string Name { get; }

    /// <summary>Completes when the actor has stopped and its last turn is over. Never faults.</summary>
    public abstract Task Stopped { get; }

    /// <summary>Puts a message into the mailbox; never blocks. Messages of one sender keep their order.</summary>
    public abstract void Tell(in TMessage message);
}

namespace QueryStream.Core.Actors;

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

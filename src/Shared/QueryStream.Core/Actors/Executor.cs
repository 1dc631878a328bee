namespace QueryStream.Core.Actors;

/// <summary>
/// Runs actors, and is their only source of time, chance and identity: threads in production, one thread in a seeded order
/// in simulation. Safe on any thread.
/// </summary>
public abstract class Executor
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromMilliseconds(1);

    /// <summary>The only clock that actors know.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Starts an actor; its first turn comes without a message.</summary>
    public ActorRef<TMessage> Start<TMessage>(string name, Actor<TMessage> actor)
    {
        ActorCell<TMessage> cell = new(this, actor, name);
        Schedule(cell);
        return cell;
    }

    /// <summary>64 random bits.</summary>
    public abstract ulong NextRandom();

    /// <summary>A new identity of 128 random bits.</summary>
    public UInt128 NewId() => new(NextRandom(), NextRandom());

    /// <summary>Whether a turn that does its work in portions should leave the rest to the next one: after about a millisecond.</summary>
    /// <param name="startedAt">The clock's timestamp when it began.</param>
    public virtual bool IsTurnOver(long startedAt) => Time.GetElapsedTime(startedAt) >= TurnLimit;

    /// <summary>Makes one turn due.</summary>
    protected internal abstract void Schedule(IActorTurn turn);

    /// <summary>Runs work that waits for something outside, and calls <paramref name="completed"/> once when it is over.</summary>
    protected internal abstract void StartIo(Func<CancellationToken, Task> work, Action<Exception?> completed);

    /// <summary>An actor threw and could not say so itself: a defect. Must not be swallowed.</summary>
    protected internal abstract void Unhandled(string actor, Exception exception);
}

/// <summary>What an executor runs: the next turn of some actor.</summary>
public interface IActorTurn
{
    /// <summary>What logs call the actor.</summary>
    string Name { get; }

    /// <summary>Runs one turn. Called by the executor once for each time it was scheduled, never twice at a time. Does not throw.</summary>
    void Run();
}

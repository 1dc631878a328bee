namespace QueryStream.Core.Actors;

/// <summary>
/// Runs actors, and is their only source of time, random numbers and new ids. Production uses threads; the simulation uses one thread, in an order
/// that its seed determines. Safe on any thread.
/// </summary>
public abstract class Executor
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromMilliseconds(1);

    /// <summary>The only clock that actors use.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Starts an actor. Its first turn does not wait for a message.</summary>
    public ActorRef<TMessage> Start<TMessage>(string name, Actor<TMessage> actor)
    {
        ActorCell<TMessage> cell = new(this, actor, name);
        Schedule(cell);
        return cell;
    }

    /// <summary>64 random bits.</summary>
    public abstract ulong NextRandom();

    /// <summary>A new id of 128 random bits.</summary>
    public UInt128 NewId() => new(NextRandom(), NextRandom());

    /// <summary>Whether a turn has run for about a millisecond and should leave the rest of its work to the next turn.</summary>
    /// <param name="startedAt">The clock's timestamp at the start of the turn.</param>
    public virtual bool IsTurnOver(long startedAt) => Time.GetElapsedTime(startedAt) >= TurnLimit;

    /// <summary>Schedules one turn.</summary>
    protected internal abstract void Schedule(IActorTurn turn);

    /// <summary>Runs I/O, and calls <paramref name="completed"/> once when it has ended.</summary>
    protected internal abstract void StartIo(Func<CancellationToken, Task> work, Action<Exception?> completed);

    /// <summary>Reports a defect: an actor threw and could not handle its own fault. Must not be swallowed.</summary>
    protected internal abstract void Unhandled(string actor, Exception exception);
}

/// <summary>The next turn of an actor, for its executor.</summary>
public interface IActorTurn
{
    /// <summary>The actor's name in logs.</summary>
    string Name { get; }

    /// <summary>Runs one turn. The executor calls it once for each time it was scheduled, and never concurrently. Does not throw.</summary>
    void Run();
}

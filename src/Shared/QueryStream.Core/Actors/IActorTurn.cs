namespace QueryStream.Core.Actors;

/// <summary>What an executor runs: the next turn of some actor.</summary>
public interface IActorTurn
{
    /// <summary>What logs call the actor.</summary>
    string Name { get; }

    /// <summary>Runs one turn. Called by the executor once for each time it was scheduled, never twice at a time. Does not throw.</summary>
    void Run();
}

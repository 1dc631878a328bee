namespace QueryStream.Streams.State;

/// <summary>As <see cref="OperatorStateContext"/>, of a function with a broadcast input.</summary>
public abstract class BroadcastStateContext : OperatorStateContext
{
    /// <summary>A map that broadcast rows fill.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or a type has no codec.</exception>
    public abstract BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
        where TName : notnull;
}

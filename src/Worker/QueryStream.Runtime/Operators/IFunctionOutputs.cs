namespace QueryStream.Runtime.Operators;

/// <summary>All outputs of a function, whatever its rows are.</summary>
internal interface IFunctionOutputs : IEmitter
{
    /// <summary>Where rows go that the function throws for.</summary>
    RowErrors Errors { get; }
}

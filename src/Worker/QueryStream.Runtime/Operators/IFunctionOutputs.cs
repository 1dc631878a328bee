namespace QueryStream.Runtime.Operators;

/// <summary>All outputs of a function, whatever its rows are.</summary>
internal interface IFunctionOutputs : IEmitter
{
    /// <summary>Where rows go that the function throws for.</summary>
    RowErrors Errors { get; }

    /// <summary>Lets the function emit, or not: outside of its calls nobody would hand on what it emits.</summary>
    bool IsOpen { set; }
}

namespace QueryStream.Runtime.Operators;

/// <summary>An output of a function, whatever its rows are.</summary>
internal interface IEmitter : IControlInput
{
    /// <summary>Hands on what was collected.</summary>
    void Flush();
}

namespace QueryStream.Runtime.Operators;

/// <summary>An operator with more to do than fits a turn. Until it is done the task takes no input.</summary>
internal interface IResumable
{
    /// <summary>Where it stands in the chain, see <c>TaskContext.NextPlace</c>. 0: nowhere, so that nobody holds it up.</summary>
    int Place => 0;

    /// <summary>Does about a batch of work. Called while no output is over its limit.</summary>
    /// <returns>Whether it is done.</returns>
    bool Resume();
}

namespace QueryStream.Runtime.Snapshots;

/// <summary>One state that is being written.</summary>
internal interface IStateItems
{
    /// <summary>What was written.</summary>
    StateSnapshot Complete();
}

namespace QueryStream.Runtime.Exchange;

/// <summary>How many channels of a task are over their limit; while there is one, the task takes no input.</summary>
internal sealed class OutputBudget
{
    /// <summary>The number.</summary>
    public int ChannelsOverLimit { get; set; }
}

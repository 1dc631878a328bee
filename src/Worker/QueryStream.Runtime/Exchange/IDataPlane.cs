using QueryStream.Core.Errors;

namespace QueryStream.Runtime.Exchange;

/// <summary>Connects tasks with the other ends of their channels, within the process or over the network.</summary>
public interface IDataPlane
{
    /// <summary>
    /// The far end of a channel. Called in turns of the task when all tasks of the attempt are deployed; never blocks, so a remote end is
    /// checked later, and refused through <see cref="TaskEndpoint.Lose"/>.
    /// </summary>
    /// <param name="near">The task that connects.</param>
    /// <param name="channel">One of its channels.</param>
    /// <exception cref="ChannelRefusedException">The two ends do not belong together.</exception>
    IChannelPeer Connect(TaskEndpoint near, ChannelId channel);
}

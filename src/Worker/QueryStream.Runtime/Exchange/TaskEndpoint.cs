using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// A task as the data plane sees it: its identity, its handshakes, and the receiver of its channels' elements. Safe on any thread.
/// </summary>
public sealed class TaskEndpoint
{
    private readonly TaskDeployment _deployment;
    private readonly ActorRef<TaskMessage> _mailbox;
    private readonly PeerAttempts _peers;

    internal TaskEndpoint(TaskDeployment deployment, ActorRef<TaskMessage> mailbox, PeerAttempts peers)
    {
        _deployment = deployment;
        _mailbox = mailbox;
        _peers = peers;
    }

    /// <summary>The task.</summary>
    public TaskId Task => _deployment.Id;

    /// <summary>The attempt.</summary>
    public Attempt Attempt => _deployment.Attempt;

    /// <summary>The handshake that the task sends to the other end of a channel.</summary>
    /// <exception cref="ChannelRefusedException">The task has no such channel.</exception>
    public ChannelHandshake HandshakeOf(ChannelId channel) => new(
        ChannelHandshake.CurrentProtocol,
        _deployment.Job,
        _deployment.Attempt,
        PeerAttemptOf(channel),
        _deployment.RoutingVersion,
        _deployment.Graph.Fingerprint);

    /// <summary>The attempt of the task at the other end of a channel.</summary>
    /// <exception cref="ChannelRefusedException">The task has no such channel.</exception>
    public Attempt PeerAttemptOf(ChannelId channel) => _peers.Of(FarEndOf(channel));

    /// <summary>
    /// Tasks have moved. Called by the worker before it tells the task (<see cref="TaskMessage.PeersMoved"/>), and before any of them connects.
    /// </summary>
    public void Move(IReadOnlyDictionary<TaskId, Attempt> moved) => _peers.Change(moved);

    /// <summary>Connects two tasks of one process. Both ends are checked as they are between processes.</summary>
    /// <param name="near">The task that connects.</param>
    /// <param name="far">The task at the other end.</param>
    /// <param name="channel">The channel.</param>
    /// <returns>Delivers elements of the near task to the far one.</returns>
    /// <exception cref="ChannelRefusedException">The two do not belong together.</exception>
    public static IChannelPeer Connect(TaskEndpoint near, TaskEndpoint far, ChannelId channel)
    {
        IChannelPeer peer = far.Accept(channel, near.HandshakeOf(channel));
        near.HandshakeOf(channel).Check(far.HandshakeOf(channel), channel);
        return peer;
    }

    /// <summary>Checks the other end of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="other">The handshake of the other end.</param>
    /// <returns>Delivers elements of the other end to this task.</returns>
    /// <exception cref="ChannelRefusedException">The other end does not belong to this task, or the task has no such channel.</exception>
    public IChannelPeer Accept(ChannelId channel, ChannelHandshake other)
    {
        HandshakeOf(channel).Check(other, channel);
        return new MailboxPeer(_mailbox, NumberOf(channel), other.Attempt);
    }

    /// <summary>The task at the other end of a channel of this one.</summary>
    /// <exception cref="ChannelRefusedException">The task has no such channel.</exception>
    public TaskId FarEndOf(ChannelId channel)
    {
        NumberOf(channel);
        JobEdge edge = _deployment.Graph.Edges[channel.Edge];
        return edge.From == _deployment.Vertex
            ? new TaskId(_deployment.Job, edge.To.Id, channel.To)
            : new TaskId(_deployment.Job, edge.From.Id, channel.From);
    }

    /// <summary>Fails the task, since the connection of a channel is lost or was refused.</summary>
    public void Lose(ChannelId channel, Exception cause) => _mailbox.Tell(TaskMessage.Call(
        () => throw new ChannelLostException($"Channel {channel} of {_deployment.DisplayName} is lost: {cause.Message}", cause)));

    private int NumberOf(ChannelId channel)
    {
        int number = ChannelLayout.NumberOf(_deployment, channel);
        return number >= 0
            ? number
            : throw new ChannelRefusedException($"{_deployment.DisplayName} of job {_deployment.Job} has no channel {channel}.");
    }

    private sealed class MailboxPeer(ActorRef<TaskMessage> mailbox, int channel, Attempt sender) : IChannelPeer
    {
        public void Send(in ChannelElement element) => mailbox.Tell(TaskMessage.Arrived(channel, sender, element));
    }
}

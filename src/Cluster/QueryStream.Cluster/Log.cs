using Akka.Cluster;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Cluster;

/// <summary>What the cluster logs: ids 3600 to 3649.</summary>
internal static partial class Log
{
    [LoggerMessage(3600, LogLevel.Information, "This coordinator leads the cluster, epoch {Epoch}")]
    public static partial void Leading(ILogger logger, Epoch epoch);

    [LoggerMessage(3601, LogLevel.Warning, "This coordinator cannot lead yet, since the store gives it no epoch: {Message}. It tries again")]
    public static partial void NoEpoch(ILogger logger, string message);

    [LoggerMessage(3602, LogLevel.Warning, "The link to a worker at {Address} is closed, since {Reason}")]
    public static partial void WorkerLinkLost(ILogger logger, string address, string reason);

    [LoggerMessage(3603, LogLevel.Warning, "The link to the coordinator at {Address} is closed, since {Reason}")]
    public static partial void LeaderLinkLost(ILogger logger, string address, string reason);

    [LoggerMessage(3604, LogLevel.Error, "A link with {Address} is refused, since {Reason}")]
    public static partial void LinkRefused(ILogger logger, string address, string reason);

    [LoggerMessage(3605, LogLevel.Information, "Member {Address} ({Roles}) is {Status}")]
    public static partial void MemberChanged(ILogger logger, string address, string roles, MemberStatus status);

    [LoggerMessage(3606, LogLevel.Warning, "The process at {Address} is dead: its connection broke, and it accepts no other one")]
    public static partial void MemberDied(ILogger logger, string address);

    [LoggerMessage(3607, LogLevel.Warning, "The process at {Address} has been silent for seconds and is declared dead")]
    public static partial void MemberSilent(ILogger logger, string address);

    [LoggerMessage(3608, LogLevel.Critical, "This process ends at once, since {Reason}")]
    public static partial void Killed(ILogger logger, string reason);

    [LoggerMessage(3609, LogLevel.Warning, "The cluster has no coordinator; inviting {Addresses} until one joins. Tasks keep running")]
    public static partial void NoCoordinator(ILogger logger, string addresses);

    [LoggerMessage(3610, LogLevel.Information, "A worker at {Address} invites this coordinator to join its cluster")]
    public static partial void Invited(ILogger logger, string address);

    [LoggerMessage(3611, LogLevel.Information, "Waiting for a coordinator of the cluster '{Cluster}' at {Addresses}")]
    public static partial void Waiting(ILogger logger, string cluster, string addresses);

    [LoggerMessage(3630, LogLevel.Information, "Joining the cluster of the coordinator at {Address}, which the store names")]
    public static partial void Joining(ILogger logger, string address);

    [LoggerMessage(3631, LogLevel.Warning, "The store of the cluster does not say which coordinator to join: {Message}. It is asked again")]
    public static partial void NoSeed(ILogger logger, string message);

    [LoggerMessage(3632, LogLevel.Information, "This process leaves the cluster, as {Address} has asked it to")]
    public static partial void AskedToLeave(ILogger logger, string address);

    [LoggerMessage(3612, LogLevel.Information, "Resuming job '{Name}' ({Job})")]
    public static partial void Resuming(ILogger logger, string name, JobId job);

    [LoggerMessage(3613, LogLevel.Error, "Job '{Name}' ({Job}) could not be resumed: {Reason}")]
    public static partial void NotResumed(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(3640, LogLevel.Warning, "A connection with {Remote} is refused: {Problem}")]
    public static partial void StrangerRefused(ILogger logger, string remote, string problem);

    [LoggerMessage(
        3641, LogLevel.Warning, "A connection with {Remote} is refused: {Problem}. Before it, {Count} others of that machine were refused alike")]
    public static partial void StrangersRefused(ILogger logger, string remote, string problem, int count);

    [LoggerMessage(
        3642,
        LogLevel.Warning,
        "This process can be reached by other machines, at {Address}, without TLS (--insecure): whoever reaches its ports controls the cluster, "
        + "and runs code in its processes")]
    public static partial void Insecure(ILogger logger, string address);

    [LoggerMessage(3643, LogLevel.Information, "Processes of the cluster know each other by their certificates; that of this one expires on {Date}")]
    public static partial void Secured(ILogger logger, string date);

    [LoggerMessage(3644, LogLevel.Warning, "The certificate of this process expires on {Date}: the others will refuse it then")]
    public static partial void Expiring(ILogger logger, string date);

    [LoggerMessage(3645, LogLevel.Warning, "Others on this machine can read the private key {Path}, and so join the cluster: chmod 600")]
    public static partial void KeyReadable(ILogger logger, string path);

    [LoggerMessage(EventId = 3646, Message = "{Message}")]
    public static partial void Akka(ILogger logger, LogLevel level, Exception? exception, string message);

    [LoggerMessage(3647, LogLevel.Debug, "The jobs of the cluster cannot be prepared now: {Message}")]
    public static partial void NoRegistry(ILogger logger, string message);

    [LoggerMessage(3648, LogLevel.Warning, "Job '{Name}' ({Job}) could not be loaded, and a takeover by this coordinator would fail: {Message}")]
    public static partial void NotPrepared(ILogger logger, string name, JobId job, string message);

    [LoggerMessage(3649, LogLevel.Debug, "Job '{Name}' ({Job}) cannot be loaded now: {Message}")]
    public static partial void NotPreparedNow(ILogger logger, string name, JobId job, string message);
}

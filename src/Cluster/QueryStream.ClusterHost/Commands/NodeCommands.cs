using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueryStream.Cluster.Host.Http;
using QueryStream.Exchange;
using QueryStream.Worker;

namespace QueryStream.Cluster.Host.Commands;

/// <summary><c>coordinator</c> and <c>worker</c>: the processes of a cluster, until they are stopped.</summary>
public static class NodeCommands
{
    private const string CoordinatorDescription = "Run a coordinator (Flink's JobManager) of a cluster: it takes jobs and deploys them on workers";
    private const string WorkerDescription = "Run a worker (Flink's TaskManager) of a cluster: it runs tasks in its slots";

    /// <summary><c>coordinator</c>, as a command of a program that has others.</summary>
    public static Command CreateCoordinator() => AsCoordinator(new Command("coordinator", CoordinatorDescription));

    /// <summary><c>worker</c>, as a command of a program that has others.</summary>
    public static Command CreateWorker() => AsWorker(new Command("worker", WorkerDescription));

    /// <summary>A coordinator, as a program of its own.</summary>
    internal static RootCommand CoordinatorRoot() => AsCoordinator(new RootCommand(CoordinatorDescription));

    /// <summary>A worker, as a program of its own.</summary>
    internal static RootCommand WorkerRoot() => AsWorker(new RootCommand(WorkerDescription));

    private static T AsCoordinator<T>(T command)
        where T : Command
    {
        NodeOptionArguments node = new();
        Option<int?> port = new("--port") { Description = "The port of the cluster's control messages. Unset: 6123" };
        Option<string?> storage = new("--storage")
        {
            Description = "Where it keeps jobs, so that it resumes them after a restart, or with redis:// another coordinator does. "
                + "Unset: jobs end with the coordinator",
            HelpName = "redis://HOST:PORT|file:///DIR",
        };
        command.Options.Add(port);
        command.Options.Add(storage);
        node.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(
            NodeHost.CreateCoordinator(node.Of(
                parsed,
                Set(NodeOptions.Section, nameof(NodeOptions.Port), parsed.GetValue(port)),
                Set(NodeOptions.Section, nameof(NodeOptions.Storage), parsed.GetValue(storage)))),
            stop));
        return command;
    }

    private static T AsWorker<T>(T command)
        where T : Command
    {
        NodeOptionArguments node = new();
        Option<string?> coordinator = new("--coordinator")
        {
            Description = "The coordinators, HOST:PORT, separated by commas. Unset: localhost:6123",
            HelpName = "HOST:PORT",
        };
        Option<int?> slots = new("--slots") { Description = "How many task slots it offers. Unset: 2" };
        Option<string?> name = new("--name") { Description = "Its name, unique in the cluster. Unset: HOST:HTTP-PORT", HelpName = "NAME" };
        Option<int?> dataPort = new("--data-port")
        {
            Description = "The port for the rows of other workers; 0: any free one. Unset: 6122, else the first free one from 6124",
        };
        foreach (Option option in (Option[])[coordinator, slots, name, dataPort])
        {
            command.Options.Add(option);
        }

        node.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(
            NodeHost.CreateWorker(node.Of(
                parsed,
                Set(NodeOptions.Section, nameof(NodeOptions.Coordinator), parsed.GetValue(coordinator)),
                Set(WorkerOptions.Section, nameof(WorkerOptions.Slots), parsed.GetValue(slots)),
                Set(WorkerOptions.Section, nameof(WorkerOptions.Name), parsed.GetValue(name)),
                Set(ExchangeOptions.Section, nameof(ExchangeOptions.Ports), parsed.GetValue(dataPort)))),
            stop));
        return command;
    }

    // Until it is stopped, or stops by itself because its actor system has ended.
    private static async Task<int> RunAsync(WebApplication process, CancellationToken stop)
    {
        await using (process.ConfigureAwait(false))
        {
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
            await using (registration.ConfigureAwait(false))
            {
                await process.StartAsync(stop).ConfigureAwait(false);
                Task ended = process.WaitForShutdownAsync(CancellationToken.None);
                Task first = await Task.WhenAny(ended, stopped.Task, ClusterServices.LeaveRequestedAsync(process.Services)).ConfigureAwait(false);
                if (first == ended)
                {
                    return 1;
                }

                await process.Services.GetRequiredService<IDeparture>().LeaveAsync().ConfigureAwait(false);
                await process.StopAsync(CancellationToken.None).ConfigureAwait(false);
                return 0;
            }
        }
    }

    private static KeyValuePair<string, string?> Set(string section, string option, object? value) =>
        KeyValuePair.Create($"{section}:{option}", Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null);

    /// <summary>What both have.</summary>
    private sealed class NodeOptionArguments
    {
        private readonly Option<string?> _cluster = new("--cluster")
        {
            Description = "The name of the cluster. Unset: querystream",
            HelpName = "NAME",
        };

        private readonly Option<string?> _host = new("--host")
        {
            Description = "The name or address under which other machines reach this process. Unset: 127.0.0.1, so that only this machine does",
        };

        private readonly Option<string?> _bind = new("--bind")
        {
            Description = "The IP address to listen at. Unset: that of --host",
            HelpName = "IP",
        };

        private readonly Option<int?> _httpPort = new("--http-port")
        {
            Description = "The port of REST, health and management. Unset: 8081 of a coordinator, the first free one from 9249 of a worker",
        };

        private readonly Option<string?> _tls = new("--tls")
        {
            Description = "The directory with the certificates of this process: querystream cluster certificates makes them. Unset: no TLS",
            HelpName = "DIR",
        };

        private readonly Option<bool> _insecure = new("--insecure")
        {
            Description = "Let other machines connect without TLS: whoever reaches the ports then controls the cluster",
        };

        private readonly Option<string[]> _properties = new("-D")
        {
            Description = "Set a key of Flink's configuration, for example taskmanager.numberOfTaskSlots=4; may be given several times",
            HelpName = "KEY=VALUE",
        };

        public void AddTo(Command command)
        {
            foreach (Option option in (Option[])[_cluster, _host, _bind, _httpPort, _tls, _insecure, _properties])
            {
                command.Options.Add(option);
            }
        }

        public NodeArguments Of(ParseResult parsed, params IEnumerable<KeyValuePair<string, string?>> own) => new(
        [
            .. own,
            Set(NodeOptions.Section, nameof(NodeOptions.Name), parsed.GetValue(_cluster)),
            Set(NodeOptions.Section, nameof(NodeOptions.Host), parsed.GetValue(_host)),
            Set(NodeOptions.Section, nameof(NodeOptions.BindHost), parsed.GetValue(_bind)),
            Set(HttpOptions.Section, nameof(HttpOptions.Ports), parsed.GetValue(_httpPort)),
            Set(NodeOptions.Section, nameof(NodeOptions.Tls), parsed.GetValue(_tls)),
            Set(NodeOptions.Section, nameof(NodeOptions.Insecure), parsed.GetValue(_insecure) ? "true" : null),
        ],
        parsed.GetValue(_properties) ?? []);
    }
}

using System.CommandLine;
using System.Globalization;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Machine;
using QueryStream.Local;
using QueryStream.Worker;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster start</c> and <c>cluster stop</c>: a cluster in the background of this machine.</summary>
internal static class MachineCommands
{
    private const int MaxPort = 65_535;

    private static readonly MachineStartRequest Defaults = new();

    public static Command CreateStart(CommandContext context)
    {
        Option<int?> workers = CommonOptions.Number("--workers", $"How many workers. Unset: {Defaults.Workers}", 1, LocalClusterOptions.MaxWorkers);
        Option<int?> slots = CommonOptions.Number("--slots", $"How many slots each worker has. Unset: {Defaults.Slots}", 1, WorkerOptions.MaxSlots);
        Option<int?> http = CommonOptions.Number("--http-port", $"The coordinator's port of REST. Unset: {Defaults.HttpPort}", 1, MaxPort);
        Option<int?> port = CommonOptions.Number("--port", $"The coordinator's port of control messages. Unset: {Defaults.Port}", 1, MaxPort);
        Command command = new("start", "Start a coordinator and workers in the background of this machine.") { workers, slots, http, port };
        command.SetAction(async (parsed, stop) =>
        {
            MachineStartRequest request = new()
            {
                Workers = parsed.GetValue(workers) ?? Defaults.Workers,
                Slots = parsed.GetValue(slots) ?? Defaults.Slots,
                HttpPort = parsed.GetValue(http) ?? Defaults.HttpPort,
                Port = parsed.GetValue(port) ?? Defaults.Port,
            };
            using MachineFolder folder = MachineFolder.Open();
            await new MachineStart(folder, context.Terminal, context.Time).RunAsync(request, stop);
            string option = request.HttpPort == Defaults.HttpPort ? "" : $" Commands about it need --coordinator {request.Coordinator}.";
            await context.Terminal.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"The cluster runs: coordinator at http://{request.Coordinator}, {request.Workers} workers with {request.Slots} slots each.{option}\n"
                + $"Logs are in {folder.Path}. End it: querystream cluster stop"));
            return 0;
        });
        return command;
    }

    public static Command CreateStop(CommandContext context)
    {
        Command command = new("stop", "End the cluster that was started in the background of this machine.");
        command.SetAction(async (_, stop) =>
        {
            using MachineFolder folder = MachineFolder.Open();
            if (folder.Read() is not { } cluster)
            {
                await context.Terminal.Out.WriteLineAsync("No cluster was started on this machine with 'cluster start'.");
                return 0;
            }

            await new MachineStop(folder, context.Terminal.Out, context.Time).RunAsync(cluster, stop);
            return 0;
        });
        return command;
    }
}

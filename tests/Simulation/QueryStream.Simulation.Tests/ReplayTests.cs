using System.Diagnostics;
using System.Globalization;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation.Tests;

public sealed class ReplayTests
{
    private const int Seeds = 10;

    // Another process has other addresses, other hash codes of strings, and other timings of threads.
    [Fact]
    public async Task A_seed_has_the_same_trace_in_two_processes()
    {
        List<string> hashes = [];
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            SeedReport report = await Simulation.RunAsync(seed);
            hashes.Add(string.Create(CultureInfo.InvariantCulture, $"{seed} {report.Trace:x16}"));
        }

        Assert.Equal(Seeds, hashes.Select(line => line.Split(' ')[1]).Distinct().Count());
        string output = await OutputOfAnotherProcessAsync();
        Assert.Equal(hashes, output.Split('\n').Take(Seeds).Select(line => line.Trim()));
    }

    private static async Task<string> OutputOfAnotherProcessAsync()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                typeof(Simulation).Assembly.Location, "--seeds", Seeds.ToString(CultureInfo.InvariantCulture), "--hashes",
            },
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}

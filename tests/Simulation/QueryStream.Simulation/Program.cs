using System.Globalization;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation;

/// <summary>Runs seeds: see docs/design/simulation.md.</summary>
internal static class Program
{
    private const string Usage = """
        Runs whole clusters under seeds and compares their output with oracles.
          --seeds N            seeds 1 to N (default 1000)
          --first N            begins with seed N
          --seed N [--trace]   one seed, with each message
          --mutation NAME      puts a defect in, and stops at the first seed that finds it; "all": each of them
          --calm               without faults and checkpoints
          --hashes             prints the hash of each seed
        """;

    private const int ShownChars = 600;

    public static async Task<int> Main(string[] arguments)
    {
        Options? options = Options.Parse(arguments);
        if (options is null)
        {
            Console.WriteLine(Usage);
            return 2;
        }

        return options.Mutations.Count > 0 ? await FindAsync(options) : await RunAsync(options);
    }

    private static async Task<int> RunAsync(Options options)
    {
        RunReport run = new(TimeProvider.System);
        foreach (ulong seed in options.Seeds)
        {
            SeedReport report = await Simulation.RunAsync(seed, Mutation.None, options.Trace ? Console.WriteLine : null, options.Calm);
            run.Add(report);
            if (report.Failure is { } failure)
            {
                Console.WriteLine($"Seed {seed}: {(options.Trace ? failure : Short(failure))}\n  {report.Plan}\n  Replay: --seed {seed} --trace");
            }

            if (options.Hashes)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seed} {report.Trace:x16}"));
            }
        }

        Console.WriteLine(run.Summary());
        return run.Failed == 0 ? 0 : 1;
    }

    private static string Short(string failure) => failure.Length <= ShownChars ? failure : $"{failure[..ShownChars]}…";

    private static async Task<int> FindAsync(Options options)
    {
        int missed = 0;
        foreach (Mutation mutation in options.Mutations)
        {
            SeedReport? found = null;
            foreach (ulong seed in options.Seeds)
            {
                SeedReport report = await Simulation.RunAsync(seed, mutation);
                if (report.Failure is not null)
                {
                    found = report;
                    break;
                }
            }

            missed += found is null ? 1 : 0;
            Console.WriteLine(found is null ? $"{mutation}: not found" : $"{mutation}: found by seed {found.Seed}: {Short(found.Failure!)}");
        }

        return missed == 0 ? 0 : 1;
    }

    private sealed record Options(IReadOnlyList<ulong> Seeds, bool Trace, bool Hashes, bool Calm, IReadOnlyList<Mutation> Mutations)
    {
        public static Options? Parse(string[] arguments)
        {
            (ulong first, ulong count) = (1, 1000);
            bool trace = false;
            bool hashes = false;
            bool calm = false;
            List<Mutation> mutations = [];
            for (int i = 0; i < arguments.Length; i++)
            {
                string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
                switch (arguments[i])
                {
                    case "--seeds" when ulong.TryParse(value, CultureInfo.InvariantCulture, out count):
                    case "--first" when ulong.TryParse(value, CultureInfo.InvariantCulture, out first):
                        i++;
                        break;
                    case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out first):
                        count = 1;
                        i++;
                        break;
                    case "--mutation" when value == "all":
                        mutations.AddRange(Enum.GetValues<Mutation>().Where(mutation => mutation != Mutation.None));
                        i++;
                        break;
                    case "--mutation" when Enum.TryParse(value, ignoreCase: true, out Mutation mutation):
                        mutations.Add(mutation);
                        i++;
                        break;
                    case "--trace":
                        trace = true;
                        break;
                    case "--calm":
                        calm = true;
                        break;
                    case "--hashes":
                        hashes = true;
                        break;
                    default:
                        return null;
                }
            }

            return new Options([.. Enumerable.Range(0, (int)count).Select(offset => first + (ulong)offset)], trace, hashes, calm, mutations);
        }
    }
}

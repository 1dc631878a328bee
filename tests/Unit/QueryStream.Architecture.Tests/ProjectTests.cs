namespace QueryStream.Architecture.Tests;

/// <summary>Who may know whom: the table of the design.</summary>
public sealed class ProjectTests
{
    private const string AllConnectors = "QueryStream.Connectors.*";

    // Project, its folder, and the projects that it may reference; what these may reference it may reference too.
    private static readonly (string Project, string Folder, string[] Arrows)[] Design =
    [
        ("QueryStream.Core", "src/Shared/QueryStream.Core", []),
        ("QueryStream.Certificates", "src/Shared/QueryStream.Certificates", ["QueryStream.Core"]),
        ("QueryStream.Streams", "src/Shared/QueryStream.Streams", ["QueryStream.Core"]),
        ("QueryStream.Hosting", "src/Shared/QueryStream.Hosting", ["QueryStream.Streams"]),
        ("QueryStream.Generators", "src/Shared/QueryStream.Generators", []),
        ("QueryStream.JobAssemblies", "src/Shared/QueryStream.JobAssemblies", ["QueryStream.Streams"]),
        ("QueryStream.Blobs", "src/Shared/QueryStream.Blobs", ["QueryStream.Hosting", "QueryStream.JobAssemblies"]),
        ("QueryStream.Checkpoints", "src/Shared/QueryStream.Checkpoints", ["QueryStream.Core"]),
        ("QueryStream.Wire", "src/Shared/QueryStream.Wire", ["QueryStream.Checkpoints"]),
        (
            "QueryStream.Connectors.Redis",
            "src/Connectors/QueryStream.Connectors.Redis",
            ["QueryStream.Hosting", "QueryStream.Streams", "QueryStream.Checkpoints"]),
        (AllConnectors, "src/Connectors/", ["QueryStream.Hosting", "QueryStream.Streams"]),
        ("QueryStream.Sql", "src/Sql/QueryStream.Sql", ["QueryStream.Streams"]),
        ("QueryStream.Runtime", "src/Worker/QueryStream.Runtime", ["QueryStream.Streams", "QueryStream.Checkpoints"]),
        ("QueryStream.Worker", "src/Worker/QueryStream.Worker", ["QueryStream.Hosting", "QueryStream.Runtime", "QueryStream.Wire", AllConnectors]),
        ("QueryStream.Exchange", "src/Worker/QueryStream.Exchange", ["QueryStream.Certificates", "QueryStream.Worker"]),
        ("QueryStream.Coordinator", "src/Coordinator/QueryStream.Coordinator",
            ["QueryStream.Hosting", "QueryStream.Streams", "QueryStream.Checkpoints", "QueryStream.Wire", "QueryStream.Sql", AllConnectors]),
        ("QueryStream.Rest", "src/Coordinator/QueryStream.Rest", ["QueryStream.Coordinator", "QueryStream.Blobs"]),
        ("QueryStream.Web", "src/Coordinator/QueryStream.Web", ["QueryStream.Coordinator", "QueryStream.Rest"]),
        (
            "QueryStream.Cluster",
            "src/Cluster/QueryStream.Cluster",
            ["QueryStream.Certificates", "QueryStream.Wire", "QueryStream.Coordinator", "QueryStream.Worker"]),
        ("QueryStream.ClusterHost", "src/Cluster/QueryStream.ClusterHost",
            ["QueryStream.Cluster", "QueryStream.Rest", "QueryStream.Web", "QueryStream.Exchange", "QueryStream.LocalCluster", AllConnectors]),
        ("QueryStream.CoordinatorProcess", "src/Coordinator/QueryStream.CoordinatorProcess", ["QueryStream.ClusterHost"]),
        ("QueryStream.WorkerProcess", "src/Worker/QueryStream.WorkerProcess", ["QueryStream.ClusterHost"]),
        ("QueryStream.Gateway", "src/Gateway/QueryStream.Gateway", [AllConnectors]),
        ("QueryStream.Jobs", "src/Jobs/", ["QueryStream.Streams", AllConnectors]),
        ("QueryStream.LocalCluster", "src/LocalCluster/", ["QueryStream.Coordinator", "QueryStream.Worker"]),
        ("QueryStream.TestKit.Core", "src/TestKit/QueryStream.TestKit.Core", ["QueryStream.Core"]),
        ("QueryStream.TestKit", "src/TestKit/QueryStream.TestKit", ["QueryStream.TestKit.Core", "QueryStream.Runtime"]),
        ("QueryStream.TestKit.Contracts", "src/TestKit/QueryStream.TestKit.Contracts", ["QueryStream.TestKit"]),
        (
            "QueryStream.JobSubmit",
            "src/JobSubmit",
            [
                "QueryStream.LocalCluster", "QueryStream.ClusterHost", "QueryStream.Gateway", "QueryStream.Jobs", "QueryStream.JobAssemblies",
                "QueryStream.Rest",
            ]),
    ];

    public static TheoryData<string> Shipped =>
        [.. Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal)).Select(p => p.Path)];

    public static TheoryData<string> All => [.. Repository.Projects.Select(project => project.Path)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_project_stands_in_its_folder_and_references_only_what_the_design_allows(string path)
    {
        ProjectFile project = ProjectFile.Read(path);
        (string _, string folder, string[] _) = Entry(project.Name);
        Assert.StartsWith(folder, path, StringComparison.Ordinal);

        HashSet<string> allowed = Reachable(project.Name);
        Rule.IsBrokenNowhere(project.References.Where(reference => !allowed.Contains(reference) && !allowed.Contains(Family(reference))));
    }

    [Theory]
    [InlineData("QueryStream.Core", "QueryStream.Streams")]
    [InlineData("QueryStream.Runtime", "QueryStream.Worker")]
    [InlineData("QueryStream.Runtime", "QueryStream.Connectors.Kafka")]
    [InlineData("QueryStream.Coordinator", "QueryStream.Runtime")]
    [InlineData("QueryStream.Worker", "QueryStream.Sql")]
    [InlineData("QueryStream.Connectors.Kafka", "QueryStream.Checkpoints")]
    [InlineData("QueryStream.JobSubmit", "QueryStream.TestKit")]
    public void The_table_itself_refuses_the_arrows_that_matter(string from, string to)
    {
        HashSet<string> allowed = Reachable(from);
        Assert.DoesNotContain(to, allowed);
        Assert.DoesNotContain(Family(to), allowed);
    }

    [Fact]
    public void The_tests_of_Core_see_nothing_above_Core()
    {
        ProjectFile tests = Repository.Projects.Single(project => project.Name == "QueryStream.Core.Tests");
        ProjectFile kit = Repository.Projects.Single(project => project.Name == "QueryStream.TestKit.Core");
        Assert.Equal(["QueryStream.Core", "QueryStream.TestKit.Core"], tests.References.Order(StringComparer.Ordinal));
        Assert.Equal(["QueryStream.Core"], kit.References);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Internals_are_visible_only_to_a_projects_own_tests_the_benchmarks_and_the_test_kit(string path)
    {
        ProjectFile project = ProjectFile.Read(path);
        string contracts = $"{project.Name.Replace(".Connectors.", ".Contracts.", StringComparison.Ordinal)}.Tests";
        string[] allowed = [$"{project.Name}.Tests", contracts, "QueryStream.Benchmarks", "QueryStream.TestKit", "QueryStream.Testing"];
        Rule.IsBrokenNowhere(project.Friends.Except(allowed));
    }

    [Fact]
    public void Internals_are_made_visible_in_project_files_only() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            where file.Syntax.AttributeLists.Any(list => list.ToString().Contains("InternalsVisibleTo", StringComparison.Ordinal))
            select file.Path);

    [Fact]
    public void The_test_kit_brings_no_test_framework()
    {
        foreach (string kit in (string[])["QueryStream.TestKit", "QueryStream.TestKit.Core"])
        {
            IEnumerable<ProjectFile> all = Reachable(kit).Append(kit).SelectMany(name => Repository.Projects.Where(project => project.Name == name));
            Rule.IsBrokenNowhere(all.SelectMany(project => project.Packages).Select(package => package.Attribute("Include")?.Value ?? "")
                .Where(package => package.Contains("xunit", StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Versions_of_packages_stand_in_one_place(string path) =>
        Rule.IsBrokenNowhere(
            from package in ProjectFile.Read(path).Packages
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
            select package.ToString());

    [Fact]
    public void Versions_for_projects_outside_of_the_repository_stand_in_one_place_too()
    {
        IEnumerable<string> shared = Repository.Files.Where(
            file => file.StartsWith("eng/", StringComparison.Ordinal) && file.EndsWith(".props", StringComparison.Ordinal));
        Rule.IsBrokenNowhere(
            from file in shared
            from package in ProjectFile.Read(file).Packages
            where package.Attribute("Version") is { } version && !version.Value.StartsWith("$(", StringComparison.Ordinal)
            select $"{file}: {package}");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Repository.FullPath("QueryStream.sln")).Replace('\\', '/');
        Rule.IsBrokenNowhere(
            Repository.Projects.Select(project => project.Path).Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_engine_knows_no_socket()
    {
        string[] engine = ["src/Shared/", "src/Worker/QueryStream.Runtime/"];
        Rule.IsBrokenNowhere(Repository.Code
            .Where(file => engine.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal)))
            .Where(file => !file.Path.Contains(".Generators/", StringComparison.Ordinal))
            .Where(file => file.Syntax.ToString().Contains("System.Net.Sockets", StringComparison.Ordinal))
            .Select(file => file.Path));
    }

    private static (string Project, string Folder, string[] Arrows) Entry(string project)
    {
        foreach ((string Project, string Folder, string[] Arrows) entry in Design)
        {
            if (entry.Project == project || entry.Project == Family(project))
            {
                return entry;
            }
        }

        throw new KeyNotFoundException($"{project} has no place in the design: add it to the table, or rename it.");
    }

    private static HashSet<string> Reachable(string project)
    {
        HashSet<string> reachable = [];
        Queue<string> open = new(Entry(project).Arrows);
        while (open.TryDequeue(out string? next))
        {
            if (reachable.Add(next))
            {
                foreach (string further in Entry(next).Arrows)
                {
                    open.Enqueue(further);
                }
            }
        }

        return reachable;
    }

    private static string Family(string project) =>
        project.StartsWith("QueryStream.Connectors.", StringComparison.Ordinal) ? AllConnectors : project;
}

using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>All parts of an address, with real servers: TLS, IPv6, users, databases, several hosts.</summary>
public sealed class RedisAddressingTests : IDisposable
{
    private readonly TestAuthority _authority = new("known");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-redis-keys-");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [RedisFact(ownServer: true)]
    public async Task Rows_go_over_TLS_to_a_server_whose_authority_is_trusted()
    {
        (RedisServer server, string address) = await StartTlsAsync("no");
        await using (server)
        {
            await using SingleWriter writer = new($"{address}?cacert={Authority}");
            await writer.OpenAsync();
            await writer.WriteAsync("a");

            Assert.Equal("a", await GetAsync(server, "a"));
        }
    }

    [RedisFact(ownServer: true)]
    public async Task A_client_certificate_is_presented()
    {
        (RedisServer server, string address) = await StartTlsAsync("yes");
        await using (server)
        {
            await using (SingleWriter nobody = new($"{address}?cacert={Authority}"))
            {
                await Assert.ThrowsAsync<ServiceUnavailableException>(nobody.OpenAsync);
            }

            await using SingleWriter writer = new($"{address}?cacert={Authority}&cert={Keys}");
            await writer.OpenAsync();
            await writer.WriteAsync("a");

            Assert.Equal("a", await GetAsync(server, "a"));
        }
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_of_an_unknown_authority_is_an_error_that_says_so()
    {
        (RedisServer server, string address) = await StartTlsAsync("no");
        await using (server)
        {
            await using SingleWriter writer = new(address);

            ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(writer.OpenAsync);
            Assert.Contains("certificate", e.Message, StringComparison.Ordinal);
        }
    }

    [RedisFact(ownServer: true)]
    public async Task A_certificate_file_that_is_not_there_is_an_error_that_names_it()
    {
        await using SingleWriter writer = new("rediss://127.0.0.1:1?cacert=/no/such/file.pem");

        SettingException e = await Assert.ThrowsAsync<SettingException>(writer.OpenAsync);
        Assert.Contains("file.pem", e.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task Rows_go_over_IPv6()
    {
        await using RedisServer server = await RedisServer.StartAsync("--bind", "127.0.0.1", "::1");
        await using SingleWriter writer = new(string.Create(CultureInfo.InvariantCulture, $"[::1]:{server.Port}"));
        await writer.OpenAsync();
        await writer.WriteAsync("a");

        Assert.Equal("a", await GetAsync(server, "a"));
        await using RespConnection look = await server.ConnectAsync();
        Assert.Contains("addr=[::1]:", await look.TextAsync("CLIENT", "LIST"), StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task A_user_needs_few_permissions_and_an_error_lists_them()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RespConnection look = await server.ConnectAsync();
        await look.CallAsync("ACL", "SETUSER", "default", "off");
        string[] commands = ["+echo", "+ping", "+eval", "+evalsha", "+script|load", "+hget", "+hset", "+expire", "+setex"];
        await look.CallAsync(["ACL", "SETUSER", "việt@nam", "on", ">geheim", "~*", "&*", "-@all", .. commands]);
        string address = $"redis://{Uri.EscapeDataString("việt@nam")}@{server.Address}";

        foreach ((string user, string? password) in new[] { (server.Address, null), (server.Address, "geheim"), (address, "wrong"), (address, null) })
        {
            await using SingleWriter refused = new(user, password);
            ServiceRefusedException e = await Assert.ThrowsAsync<ServiceRefusedException>(refused.OpenAsync);
            Assert.Contains("REDIS_PASSWORD", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("geheim", e.Message, StringComparison.Ordinal);
        }

        await using SingleWriter writer = new(address, "geheim");
        await writer.OpenAsync();
        await writer.WriteAsync("a");

        await look.CallAsync("ACL", "SETUSER", "việt@nam", "-hset");
        await using SingleWriter lacking = new(address, "geheim");
        ServiceRefusedException denied = await Assert.ThrowsAsync<ServiceRefusedException>(lacking.OpenAsync);
        Assert.Contains("HSET", denied.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task Rows_and_fence_are_in_the_database_of_the_address_only()
    {
        await using RedisServer server = await RedisServer.StartAsync("--databases", "8");
        await using SingleWriter writer = new($"{server.Address}/7");
        await writer.OpenAsync();
        await writer.WriteAsync("a");

        await using RespConnection look = await server.ConnectAsync();
        Assert.Equal(0, await look.NumberAsync("DBSIZE"));
        await look.CallAsync("SELECT", 7);
        Assert.Equal("a", await look.TextAsync("GET", "a"));
        Assert.Equal(2, await look.NumberAsync("DBSIZE"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_database_that_the_server_does_not_have_is_an_error_and_nothing_is_written_elsewhere()
    {
        await using RedisServer server = await RedisServer.StartAsync("--databases", "8");
        await using SingleWriter writer = new($"{server.Address}/8");

        ServiceRefusedException e = await Assert.ThrowsAsync<ServiceRefusedException>(writer.OpenAsync);

        Assert.Contains("DB index is out of range", e.Message, StringComparison.Ordinal);
        await using RespConnection look = await server.ConnectAsync();
        Assert.Equal(0, await look.NumberAsync("DBSIZE"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_cluster_is_refused()
    {
        await using RedisServer server = await RedisServer.StartAsync("--cluster-enabled", "yes");
        await using RespConnection look = await server.ConnectAsync();
        await look.CallAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
        await Wait.UntilAsync(
            "the cluster to be up", async () => (await look.TextAsync("CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal));
        await using SingleWriter writer = new(server.Address);
        await writer.OpenAsync();

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.WriteAsync("a"));
        Assert.Contains("Redis Cluster is not supported", Assert.IsType<ServiceRefusedException>(e.InnerException).Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task Of_several_hosts_the_master_is_written_to_wherever_it_stands_in_the_address()
    {
        await using Rig rig = await Rig.StartAsync();
        await using RedisServer replica = await RedisServer.StartAsync("--replicaof", rig.Server.Host, $"{rig.Server.Port}");
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(address: $"{replica.Address},{rig.Server.Address}");
        writer.Write(("a", 1));
        await writer.FlushAsync();

        Assert.Equal(1, await rig.GetAsync("a"));
        Assert.Empty(rig.Warnings);
    }

    [RedisFact(ownServer: true)]
    public async Task Writes_follow_a_master_that_becomes_a_replica_of_its_replica()
    {
        await using Rig rig = await Rig.StartAsync();
        await using RedisServer old = await RedisServer.StartAsync();
        await FollowAsync(rig.Server, old);
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(address: $"{old.Address},{rig.Server.Address}");
        Load load = new(writer, keys: 200);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 2000);

        await rig.Look.CallAsync("REPLICAOF", "NO", "ONE");
        await FollowAsync(old, rig.Server);
        await load.RunUntilAsync("the refusal to be logged", () => rig.Warnings.Count == 1);
        Assert.Contains("READONLY", rig.Warnings[0], StringComparison.Ordinal);

        long acknowledged = writer.Acknowledged;
        await load.RunUntilAsync("rows to flow again", () => writer.Acknowledged > acknowledged + 2000);
        writer.Write(load.WriteAll());
        await writer.FlushAsync();
        Assert.Equal(load.Written, writer.Acknowledged);
        await AssertNewestAsync(rig, load);
    }

    [RedisFact(ownServer: true)]
    public async Task Writes_follow_a_failover_from_a_master_that_is_frozen()
    {
        await using Rig rig = await Rig.StartAsync(Rig.Impatient);
        await using RedisServer old = await RedisServer.StartAsync();
        await FollowAsync(rig.Server, old);
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(address: $"{old.Address},{rig.Server.Address}");
        Load load = new(writer, keys: 200);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 2000);

        old.Freeze();
        await load.RunUntilAsync("the silence to be logged", () => rig.Warnings.Count == 1);
        await rig.Look.CallAsync("REPLICAOF", "NO", "ONE");
        long acknowledged = writer.Acknowledged;
        await load.RunUntilAsync("rows to flow again", () => writer.Acknowledged > acknowledged + 2000);
        writer.Write(load.WriteAll());
        await writer.FlushAsync();
        old.Resume();

        Assert.Equal(load.Written, writer.Acknowledged);
        await AssertNewestAsync(rig, load);
    }

    // Values that the old master did not replicate are lost, so only values written after the failover are certain to exist.
    private static async Task AssertNewestAsync(Rig rig, Load load)
    {
        foreach ((string key, int value) in load.Newest)
        {
            Assert.Equal((key, value), (key, await rig.GetAsync(key)));
        }
    }

    private static async Task FollowAsync(RedisServer replica, RedisServer master)
    {
        await using RespConnection look = await replica.ConnectAsync();
        await look.CallAsync("REPLICAOF", master.Host, master.Port);
        await Wait.UntilAsync(
            "the replica to be in step",
            async () => (await look.TextAsync("INFO", "replication"))!.Contains("master_link_status:up", StringComparison.Ordinal));
    }

    private static async Task<string?> GetAsync(RedisServer server, string key)
    {
        await using RespConnection look = await server.ConnectAsync();
        return await look.TextAsync("GET", key);
    }

    private string Authority => Path.Combine(_folder.FullName, "authority.pem");

    private string Keys => Path.Combine(_folder.FullName, "keys.pem");

    private async Task<(RedisServer Server, string Address)> StartTlsAsync(string authenticateClients)
    {
        await File.WriteAllTextAsync(Authority, _authority.CertificatePem);
        await File.WriteAllTextAsync(Keys, _authority.IssueServerPem());
        string port = $"{RedisServer.FreePort()}";
        string[] files = ["--tls-cert-file", Keys, "--tls-key-file", Keys, "--tls-ca-cert-file", Authority];
        RedisServer server = await RedisServer.StartAsync(["--tls-port", port, "--tls-auth-clients", authenticateClients, .. files]);
        return (server, $"rediss://127.0.0.1:{port}");
    }
}

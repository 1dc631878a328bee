using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Certificates;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Leadership;
using QueryStream.Cluster.Links;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Remoting;
using QueryStream.Cluster.Sharding;
using QueryStream.Cluster.Strangers;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.State;
using QueryStream.Core.Actors;
using QueryStream.Hosting;
using QueryStream.Streams;
using QueryStream.Worker;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster;

/// <summary>A process as a member of a cluster. A process has one role.</summary>
public static class ClusterServices
{
    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(30);

    /// <summary>
    /// Makes the process a coordinator of a cluster, with <see cref="NodeOptions"/> from the section <c>QueryStream:Cluster</c>. It needs what
    /// <see cref="CoordinatorServices.AddQueryStreamCoordinator"/> needs, and uses an <see cref="IClusterStore"/> if there is one;
    /// <see cref="LeadershipState"/> tells whether it leads, and <see cref="KnownLeader"/> who does. With certificates it registers
    /// <see cref="PeerTls"/>.
    /// </summary>
    /// <exception cref="Core.Errors.SettingException">An option is not allowed.</exception>
    public static void AddQueryStreamClusterCoordinator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddQueryStreamCoordinator();
        builder.Services.TryAddSingleton<LeadershipState>();
        builder.Services.TryAddSingleton<KnownLeader>();
        builder.Services.TryAddSingleton<IKeyOwners, ShardedKeyOwners>();
        builder.Services.AddHostedService(provider => new StandbyPreparation(
            provider.GetRequiredService<LeadershipState>(),
            provider.GetService<IJobRegistry>(),
            provider.GetRequiredService<IJobLoader>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StandbyPreparation>>()));
        builder.AddNode(NodeRole.Coordinator, static (system, options, services) =>
        {
            ILogger log = services.GetRequiredService<ILoggerFactory>().CreateLogger<LeaderActor>();
            LeadershipState state = services.GetRequiredService<LeadershipState>();
            IClusterStore? store = services.GetService<IClusterStore>();
            TimeProvider time = services.GetRequiredService<TimeProvider>();
            CoordinatorFactory coordinators = services.GetRequiredService<CoordinatorFactory>();
            KnownLeader known = services.GetRequiredService<KnownLeader>();
            Props leader = Props.Create(() => new LeaderActor(state, store, coordinators, options.HttpAddress, time, log));
            system.ActorOf(
                ClusterSingletonManager.Props(
                    leader,
                    StepDown.Instance,
                    ClusterSingletonManagerSettings.Create(system).WithRole(NodeRole.Coordinator.AkkaName()).WithSingletonName(LeaderActor.Name)),
                LeaderActor.ManagerName);
            IActorRef proxy = StartLeaderProxy(system);
            system.ActorOf(Props.Create(() => new LeaderWatch(proxy, state, known)), LeaderWatch.Name);
            system.ActorOf(Props.Create(() => new CoordinatorJoin(options, store, log)), CoordinatorJoin.Name);
            KeyRegion.StartProxy(system);
        });
    }

    /// <summary>
    /// Makes the process a worker of a cluster, with <see cref="NodeOptions"/> from the section <c>QueryStream:Cluster</c>. It needs what
    /// <see cref="WorkerRoleServices.AddQueryStreamWorker"/> needs. With certificates it registers <see cref="PeerTls"/>.
    /// </summary>
    /// <exception cref="Core.Errors.SettingException">An option is not allowed.</exception>
    public static void AddQueryStreamClusterWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddQueryStreamWorker();
        builder.Services.TryAddSingleton<KnownLeader>();
        builder.AddNode(NodeRole.Worker, static (system, options, services) =>
        {
            ILogger log = services.GetRequiredService<ILoggerFactory>().CreateLogger<WorkerConnector>();
            WorkerNode worker = services.GetRequiredService<WorkerNode>();
            Executor executor = services.GetRequiredService<Executor>();
            KnownLeader known = services.GetRequiredService<KnownLeader>();
            IActorRef leader = StartLeaderProxy(system);
            KeyRegion.Start(system, leader, worker);
            Log.Waiting(log, options.Name, string.Join(", ", options.Coordinators));
            AkkaCluster cluster = AkkaCluster.Get(system);

            // A member that is up is known to all others. One that only joins is lost to them if the coordinator dies, so it takes no work.
            cluster.RegisterOnMemberUp(() => system.ActorOf(
                Props.Create(() => new WorkerConnector(leader, worker, known, executor, log)), "connector"));
            cluster.JoinSeedNodes(options.AddressesLike(cluster.SelfAddress));
        });
    }

    /// <summary>Completes when somebody asks this process to leave its cluster in order.</summary>
    public static Task LeaveRequestedAsync(IServiceProvider services) => services.GetRequiredService<IProcessExit>().LeaveRequested;

    private static IActorRef StartLeaderProxy(ActorSystem system) => system.ActorOf(
        ClusterSingletonProxy.Props(
            $"/user/{LeaderActor.ManagerName}",
            ClusterSingletonProxySettings.Create(system).WithRole(NodeRole.Coordinator.AkkaName()).WithSingletonName(LeaderActor.Name)),
        $"{LeaderActor.Name}-proxy");

    private static void AddNode(this IHostApplicationBuilder builder, NodeRole role, Action<ActorSystem, NodeOptions, IServiceProvider> start)
    {
        NodeOptions options = OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section) with { Role = role };
        builder.Services.TryAddSingleton(options);
        builder.Services.TryAddSingleton<IProcessExit, ProcessExit>();
        ClusterCertificates? certificates = options.HasTls ? ClusterCertificates.Load(new CertificateFiles(options.Tls), TimeProvider.System) : null;
        if (certificates is not null)
        {
            builder.Services.TryAddSingleton(certificates);
            builder.Services.TryAddSingleton<PeerTls>();
        }

        builder.Services.TryAddSingleton(services => new StrangerLog(
            services.GetRequiredService<ILoggerFactory>().CreateLogger<StrangerLog>(), TimeProvider.System));

        builder.Services.AddAkka(options.Name, (akka, services) =>
        {
            ILoggerFactory loggers = services.GetRequiredService<ILoggerFactory>();
            StrangerLog strangers = services.GetRequiredService<StrangerLog>();
            akka.AddSetup(new SocketTransportSetup(options, services.GetService<PeerTls>(), strangers, TimeProvider.System))
                .AddSetup(new NodeLogSetup(loggers, strangers))
                .AddHocon(AkkaSettings.Of(options), HoconAddMode.Prepend)
                .ConfigureLoggers(static loggers =>
                {
                    // Its warnings tell of what is normal while processes come and go, many times a second. What matters, this node says itself.
                    loggers.LogLevel = Akka.Event.LogLevel.ErrorLevel;
                    loggers.ClearLoggers();
                    loggers.AddLogger<NodeLogger>();
                })
                .WithActors((system, _) =>
                {
                    ILogger log = loggers.CreateLogger<MembershipActor>();
                    IProcessExit exit = services.GetRequiredService<IProcessExit>();
                    LogProtection(log, options, certificates);
                    system.ActorOf(Props.Create(() => new MembershipActor(options, exit, log)), MembershipActor.Name);
                    start(system, options, services);
                });
        });
    }

    private static void LogProtection(ILogger log, NodeOptions options, ClusterCertificates? certificates)
    {
        if (options.IsOpen)
        {
            Log.Insecure(log, options.ListenHost);
        }

        if (certificates is null)
        {
            return;
        }

        string key = new CertificateFiles(options.Tls).NodeKey;
        if (ClusterCertificates.IsReadableByOthers(key))
        {
            Log.KeyReadable(log, key);
        }

        string date = certificates.ValidUntil.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (certificates.ValidUntil - TimeProvider.System.GetUtcNow() < ExpiryWarning)
        {
            Log.Expiring(log, date);
        }
        else
        {
            Log.Secured(log, date);
        }
    }
}

using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Leadership;
using QueryStream.Cluster.Links;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Sharding;
using QueryStream.Coordinator;
using QueryStream.Coordinator.State;
using QueryStream.Core.Actors;
using QueryStream.Hosting;
using QueryStream.Worker;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster;

/// <summary>A process as a member of a cluster. A process has one role.</summary>
public static class ClusterServices
{
    /// <summary>
    /// Makes the process a coordinator of a cluster, with <see cref="NodeOptions"/> from the section <c>QueryStream:Cluster</c>. It needs what
    /// <see cref="CoordinatorServices.AddQueryStreamCoordinator"/> needs; <see cref="LeadershipState"/> tells whether it leads.
    /// </summary>
    /// <exception cref="Core.Errors.SettingException">An option is not allowed.</exception>
    public static void AddQueryStreamClusterCoordinator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddQueryStreamCoordinator();
        builder.Services.TryAddSingleton<LeadershipState>();
        builder.Services.TryAddSingleton<IEpochStore, ClockEpochs>();
        builder.Services.TryAddSingleton<IKeyOwners, ShardedKeyOwners>();
        builder.AddNode(NodeRole.Coordinator, static (system, options, services) =>
        {
            ILogger log = services.GetRequiredService<ILoggerFactory>().CreateLogger<LeaderActor>();
            LeadershipState state = services.GetRequiredService<LeadershipState>();
            IEpochStore epochs = services.GetRequiredService<IEpochStore>();
            CoordinatorFactory coordinators = services.GetRequiredService<CoordinatorFactory>();
            Props leader = Props.Create(() => new LeaderActor(state, epochs, coordinators, options.HttpAddress, log));
            system.ActorOf(
                ClusterSingletonManager.Props(
                    leader,
                    ClusterSingletonManagerSettings.Create(system).WithRole(NodeRole.Coordinator).WithSingletonName(LeaderActor.Name)),
                LeaderActor.ManagerName);
            system.ActorOf(Props.Create(() => new CoordinatorJoin(options, log)), CoordinatorJoin.Name);
            KeyRegion.StartProxy(system);
        });
    }

    /// <summary>
    /// Makes the process a worker of a cluster, with <see cref="NodeOptions"/> from the section <c>QueryStream:Cluster</c>. It needs what
    /// <see cref="WorkerRoleServices.AddQueryStreamWorker"/> needs.
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
            IActorRef leader = system.ActorOf(
                ClusterSingletonProxy.Props(
                    $"/user/{LeaderActor.ManagerName}",
                    ClusterSingletonProxySettings.Create(system).WithRole(NodeRole.Coordinator).WithSingletonName(LeaderActor.Name)),
                $"{LeaderActor.Name}-proxy");
            system.ActorOf(Props.Create(() => new WorkerConnector(leader, worker, known, executor, log)), "connector");
            KeyRegion.Start(system, leader, worker);
            Log.Waiting(log, options.Name, string.Join(", ", options.Coordinators));
            AkkaCluster cluster = AkkaCluster.Get(system);
            cluster.JoinSeedNodes(options.AddressesLike(cluster.SelfAddress));
        });
    }

    private static void AddNode(this IHostApplicationBuilder builder, string role, Action<ActorSystem, NodeOptions, IServiceProvider> start)
    {
        NodeOptions options = OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section) with { Role = role };
        builder.Services.TryAddSingleton(options);
        builder.Services.TryAddSingleton<IProcessExit, ProcessExit>();
        builder.Services.AddAkka(options.Name, (akka, services) => akka
            .AddHocon(AkkaSettings.Of(options), HoconAddMode.Prepend)
            .ConfigureLoggers(static loggers =>
            {
                // Its warnings tell of what is normal while processes come and go, many times a second. What matters, this node says itself.
                loggers.LogLevel = Akka.Event.LogLevel.ErrorLevel;
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithActors((system, _) =>
            {
                ILogger log = services.GetRequiredService<ILoggerFactory>().CreateLogger<MembershipActor>();
                IProcessExit exit = services.GetRequiredService<IProcessExit>();
                system.ActorOf(Props.Create(() => new MembershipActor(options, exit, log)), MembershipActor.Name);
                start(system, options, services);
            }));
    }
}
